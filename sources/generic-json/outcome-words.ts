import type { Outcome } from '@tocsin/contracts/normalized-event.ts';

const WORDS: ReadonlyMap<string, Outcome> = new Map([
  ['success', 'success'],
  ['succeeded', 'success'],
  ['successful', 'success'],
  ['ok', 'success'],
  ['allow', 'success'],
  ['allowed', 'success'],
  ['accepted', 'success'],
  ['granted', 'success'],
  ['failure', 'failure'],
  ['failed', 'failure'],
  ['fail', 'failure'],
  ['error', 'failure'],
  ['deny', 'failure'],
  ['denied', 'failure'],
  ['blocked', 'failure'],
  ['rejected', 'failure'],
  ['unknown', 'unknown'],
]);

/** The outcome an untrusted word states, `''` when it is none we know. */
export function outcomeOfWord(value: unknown): Outcome | '' {
  if (value === true) return 'success';
  if (value === false) return 'failure';
  if (typeof value !== 'string' || value.length > 12) return '';
  return WORDS.get(value.toLowerCase()) ?? '';
}
