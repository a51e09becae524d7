/** An event as JSON gives it: flat or nested. Whole numbers beyond 2^53 are `bigint`. UNTRUSTED. */
export type EventRecord = Readonly<Record<string, unknown>>;

/** Deepest nesting that fields and keywords look into; what lies deeper is not seen. */
export const EVENT_DEPTH_MAX = 32;

/**
 * The values a field has: one of exactly that name first, dots included, else the path into nested objects. Lists are
 * gone into on the way and at the end. An absent field has no values; null is one.
 */
export function fieldValues(event: EventRecord, field: string): readonly unknown[] {
  const out: unknown[] = [];
  if (Object.hasOwn(event, field)) collect(event[field], out, 1);
  else if (field.includes('.')) walk(event, field.split('.'), 0, out, 0);
  return out;
}

/** Whether the field is there, whatever it holds. */
export function fieldExists(event: EventRecord, field: string): boolean {
  if (Object.hasOwn(event, field)) return true;
  return field.includes('.') && pathExists(event, field.split('.'), 0, 0);
}

/** Every scalar of an event as text, in order: what keywords look at. Keys are not values. */
export function allTexts(event: EventRecord): readonly string[] {
  const out: string[] = [];
  collectTexts(event, out, 0);
  return out;
}

/** The text of a scalar; undefined for null, lists and objects. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value === 0 ? 0 : value);
  return typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : undefined;
}

function collect(value: unknown, out: unknown[], depth: number): void {
  if (!Array.isArray(value)) out.push(value);
  else if (depth < EVENT_DEPTH_MAX) for (const item of value) collect(item, out, depth + 1);
}

function walk(
  value: unknown,
  path: readonly string[],
  at: number,
  out: unknown[],
  depth: number,
): void {
  const name = path[at];
  if (name === undefined) collect(value, out, depth);
  else if (depth >= EVENT_DEPTH_MAX) return;
  else if (Array.isArray(value)) for (const item of value) walk(item, path, at, out, depth + 1);
  else if (isRecord(value) && Object.hasOwn(value, name)) {
    walk(value[name], path, at + 1, out, depth + 1);
  }
}

function pathExists(value: unknown, path: readonly string[], at: number, depth: number): boolean {
  const name = path[at];
  if (name === undefined) return true;
  if (depth >= EVENT_DEPTH_MAX) return false;
  if (Array.isArray(value)) return value.some((item) => pathExists(item, path, at, depth + 1));
  return (
    isRecord(value) &&
    Object.hasOwn(value, name) &&
    pathExists(value[name], path, at + 1, depth + 1)
  );
}

function collectTexts(value: unknown, out: string[], depth: number): void {
  const text = scalarText(value);
  if (text !== undefined) out.push(text);
  else if (depth >= EVENT_DEPTH_MAX || typeof value !== 'object' || value === null) return;
  else if (Array.isArray(value)) for (const item of value) collectTexts(item, out, depth + 1);
  else for (const item of Object.values(value)) collectTexts(item, out, depth + 1);
}

function isRecord(value: unknown): value is EventRecord {
  return typeof value === 'object' && value !== null;
}
