import fc from 'fast-check';
import { DOCUMENT, type Schema } from './operations.ts';

const DEPTH_MAX = 5;
const MEMBERS_MAX = 6;

/** Makes values that fit a schema; `text` is what stands for text of no stated form, for example ids of others. */
export function arbitraryValue(
  schema: Schema,
  text: fc.Arbitrary<string>,
  depth = 0,
): fc.Arbitrary<unknown> {
  const known = schema['$ref'];
  if (typeof known === 'string') return arbitraryValue(resolve(known), text, depth);
  if ('const' in schema) return fc.constant(schema['const']);
  const choices = schema['enum'];
  if (Array.isArray(choices)) return fc.constantFrom(...choices);
  const any = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(any)) return fc.oneof(...any.map((one) => arbitraryValue(one, text, depth)));
  switch (typeOf(schema)) {
    case 'string':
      return arbitraryText(schema, text);
    case 'integer':
      return fc.integer(rangeOf(schema));
    case 'number':
      return fc.double({ ...rangeOf(schema), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return arbitraryList(schema, text, depth);
    case 'object':
      return arbitraryObject(schema, text, depth);
    default:
      return fc.oneof(text, fc.integer(), fc.constant(null));
  }
}

function resolve(reference: string): Schema {
  return DOCUMENT.components.schemas[reference.split('/').at(-1) ?? ''] ?? {};
}

function typeOf(schema: Schema): unknown {
  const { type } = schema;
  return Array.isArray(type) ? type[0] : type;
}

function rangeOf(schema: Schema): { min: number; max: number } {
  const bound = (name: string, otherwise: number) => Number(schema[name] ?? otherwise);
  return { min: bound('minimum', -1_000), max: bound('maximum', 1_000_000) };
}

function arbitraryText(schema: Schema, text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const { format, pattern } = schema;
  if (format === 'date-time') {
    const noInvalidDate = { noInvalidDate: true, min: new Date(0), max: new Date(4e12) };
    return fc.date(noInvalidDate).map((date) => date.toISOString());
  }
  // Patterns that look around cannot be turned into text.
  if (typeof pattern === 'string' && !pattern.includes('(?')) {
    return fc.oneof({ weight: 1, arbitrary: fc.stringMatching(new RegExp(pattern)) }, text);
  }
  const min = Number(schema['minLength'] ?? 0);
  const max = Number(schema['maxLength'] ?? 200);
  const words = fc.string({ minLength: min, maxLength: Math.min(max, min + 20) });
  return fc.oneof({ weight: 3, arbitrary: text }, { weight: 1, arbitrary: words });
}

function arbitraryList(schema: Schema, text: fc.Arbitrary<string>, depth: number) {
  const item = arbitraryValue((schema['items'] as Schema | undefined) ?? {}, text, depth + 1);
  const minLength = Number(schema['minItems'] ?? 0);
  return fc.array(item, { minLength, maxLength: minLength + 3 });
}

function arbitraryObject(schema: Schema, text: fc.Arbitrary<string>, depth: number) {
  const properties = Object.entries((schema['properties'] as Record<string, Schema>) ?? {});
  const required = new Set((schema['required'] as string[]) ?? []);
  if (properties.length === 0) return fc.dictionary(text, text, { maxKeys: 2 });
  const members = properties
    .filter(([name], index) => required.has(name) || (depth < DEPTH_MAX && index < 40))
    .map(([name, one]) => [name, arbitraryValue(one, text, depth + 1)] as const);
  const requiredKeys = members.map(([name]) => name).filter((name) => required.has(name));
  const record = fc.record(Object.fromEntries(members), { requiredKeys });
  return record.map((value) => fewer(value as Record<string, unknown>, required));
}

/** Not every optional member at once: each body would be refused for one of them. */
function fewer(value: Record<string, unknown>, required: ReadonlySet<string>) {
  const optional = Object.keys(value).filter((name) => !required.has(name));
  for (const name of optional.slice(MEMBERS_MAX)) delete value[name];
  return value;
}
