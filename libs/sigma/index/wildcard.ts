import { foldCase } from '../text/fold-case.ts';
import { ANY, type Pattern } from '../text/pattern.ts';
import type { SymbolTable } from './symbol-table.ts';

const STAR = 0x1_0000;
const QUESTION = 0x1_0001;

/** A pattern as numbers: units or symbols, and two marks for `*` and `?`. */
export type CompiledWildcard = Int32Array;

/** Compiles a pattern over symbols, or over raw units when case counts. */
export function compileWildcard(
  pattern: Pattern,
  cased: boolean,
  table: SymbolTable,
): CompiledWildcard {
  const out: number[] = [];
  for (const part of pattern) {
    if (typeof part !== 'string') out.push(part === ANY ? STAR : QUESTION);
    else if (cased) for (let at = 0; at < part.length; at += 1) out.push(part.charCodeAt(at));
    else out.push(...table.symbolsOf(foldCase(part)));
  }
  return Int32Array.from(out);
}

/** Whether `units[start, end)` fits. `raw` are the same units unfolded: `?` takes a whole surrogate pair. */
export function matchWildcard(
  pattern: CompiledWildcard,
  units: Uint16Array,
  raw: Uint16Array,
  start: number,
  end: number,
): boolean {
  let at = start;
  let unit = 0;
  let retryUnit = -1;
  let retryAt = start;
  while (at < end) {
    const wanted = unit < pattern.length ? (pattern[unit] as number) : -1;
    if (wanted === STAR) {
      unit += 1;
      retryUnit = unit;
      retryAt = at;
    } else if (wanted === QUESTION) {
      unit += 1;
      at += characterLength(raw, at, end);
    } else if (wanted === units[at]) {
      unit += 1;
      at += 1;
    } else if (retryUnit >= 0) {
      unit = retryUnit;
      retryAt += characterLength(raw, retryAt, end);
      at = retryAt;
    } else return false;
  }
  while (unit < pattern.length && pattern[unit] === STAR) unit += 1;
  return unit === pattern.length;
}

function characterLength(raw: Uint16Array, at: number, end: number): number {
  if (((raw[at] as number) & 0xfc00) !== 0xd800 || at + 1 >= end) return 1;
  return ((raw[at + 1] as number) & 0xfc00) === 0xdc00 ? 2 : 1;
}
