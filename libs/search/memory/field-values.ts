import { attributePaths, type Field } from '../fields.ts';
import type { Document } from '../search-store.ts';

/** The texts that a field of a document has; empty when it is absent, null or empty. Objects have none. */
export function textsOf(field: Field, document: Document): readonly string[] {
  const value = rawValue(field, document);
  const values = Array.isArray(value) ? value : [value];
  return values.map(textOf).filter((text) => text !== '');
}

/** Says whether a field has a value: an object counts, an empty text or list does not. */
export function isPresent(field: Field, document: Document): boolean {
  const value = rawValue(field, document);
  if (field.type !== 'attribute') return textsOf(field, document).length > 0;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject || textsOf(field, document).length > 0;
}

/** The value as the document has it. A key whose value is null is as good as absent: the next way is tried. */
export function rawValue(field: Field, document: Document): unknown {
  if (field.type !== 'attribute') return followPath(document, field.name.split('.'));
  const attributes = document.attributes;
  for (const path of attributePaths(field)) {
    const value = followPath(attributes, path);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

function followPath(start: unknown, path: readonly string[]): unknown {
  let value = start;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(step)) return undefined;
    value = Object.getOwnPropertyDescriptor(value, step)?.value;
  }
  return value;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
