import { CATEGORIES } from '@tocsin/contracts/canonical-event.ts';

/** How the input is cut: one item a line, or JSON values (an array, or objects over several lines). */
export type InputForm = 'lines' | 'values';

/** Bytes at the beginning of the input that are looked at. */
export const HEAD_BYTES = 64 * 1024;

/** Judges by the beginning of the input. A log line may start with `[` too, so an array is one only before an object. */
export function detectForm(head: Buffer): InputForm {
  const text = head.toString('utf8').trimStart();
  if (/^\[\s*[{\]]/.test(text)) return 'values';
  if (!text.startsWith('{')) return 'lines';
  const firstLine = text.split('\n', 1)[0] ?? '';
  return isWhole(firstLine) || !text.includes('\n') ? 'lines' : 'values';
}

/** Members of an event as posted. `raw_ref` is the server's. */
const MEMBERS = new Set([
  'tenant_id',
  'event_id',
  'timestamp',
  'source',
  'category',
  'severity',
  'actor',
  'target',
  'action',
  'outcome',
  'attributes',
  'tags',
]);

/** Says whether an item looks like a canonical event: a category of ours, and no member that is none. */
export function looksCanonical(item: Buffer): boolean {
  if (item[0] !== 0x7b) return false;
  try {
    const value: Record<string, unknown> = JSON.parse(item.toString('utf8'));
    const known = CATEGORIES.some((category) => category === value.category);
    return known && Object.keys(value).every((member) => MEMBERS.has(member));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
