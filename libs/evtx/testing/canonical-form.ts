import { createHash } from 'node:crypto';
import type { Json } from '../binxml/record-renderer.ts';

/**
 * A record in a form in which readers can be compared: GUIDs without braces, times with six digits, nothing as `''`.
 * Readers differ in these by choice.
 */
export function canonicalForm(value: Json): Json {
  if (value === null) return '';
  if (typeof value === 'string') {
    return value
      .replace(/^\{([0-9A-F-]{36})\}$/, '$1')
      .replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})\d*Z$/, '$1Z');
  }
  if (Array.isArray(value)) return value.map(canonicalForm);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, canonicalForm(v)]));
}

/** Short digest of the records of a file in canonical form. */
export function digestOf(events: readonly Json[]): string {
  const text = events.map((event) => JSON.stringify(canonicalForm(event))).join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
