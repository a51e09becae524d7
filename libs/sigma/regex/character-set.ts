import { caseVariants } from '../text/fold-case.ts';

/** Code points as sorted, disjoint, inclusive ranges: `[from, to, from, to, …]`. */
export type CharacterSet = readonly number[];

export const CODE_POINT_MAX = 0x10ffff;
export const EVERYTHING: CharacterSet = [0, CODE_POINT_MAX];
export const NOT_LINE_END: CharacterSet = [0, 9, 11, CODE_POINT_MAX];
export const DIGITS: CharacterSet = [0x30, 0x39];
export const WORD: CharacterSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
export const SPACE: CharacterSet = [0x09, 0x0d, 0x20, 0x20];

/** The union of sets, in normal form. */
export function unionSets(sets: readonly CharacterSet[]): CharacterSet {
  const ranges: [number, number][] = [];
  for (const set of sets) {
    for (let index = 0; index < set.length; index += 2) {
      ranges.push([set[index] ?? 0, set[index + 1] ?? 0]);
    }
  }
  ranges.sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [from, to] of ranges) {
    const end = out.at(-1);
    if (end !== undefined && from <= end + 1) out[out.length - 1] = Math.max(end, to);
    else out.push(from, to);
  }
  return out;
}

/** Every code point that is not in the set. */
export function complementSet(set: CharacterSet): CharacterSet {
  const out: number[] = [];
  let from = 0;
  for (let index = 0; index < set.length; index += 2) {
    const start = set[index] ?? 0;
    if (start > from) out.push(from, start - 1);
    from = (set[index + 1] ?? 0) + 1;
  }
  if (from <= CODE_POINT_MAX) out.push(from, CODE_POINT_MAX);
  return out;
}

/** The set with every case variant of its members (simple folding). */
export function ignoreCase(set: CharacterSet): CharacterSet {
  const extra: CharacterSet[] = [set];
  for (let index = 0; index < set.length; index += 2) {
    const to = Math.min(set[index + 1] ?? 0, LAST_CASED);
    for (let code = set[index] ?? 0; code <= to; code += 1) {
      const variants = caseVariants(code);
      if (variants.length > 1) for (const variant of variants) extra.push([variant, variant]);
    }
  }
  return unionSets(extra);
}

/** No character above has case. */
const LAST_CASED = 0x1ffff;

export function setHas(set: CharacterSet, code: number): boolean {
  for (let index = 0; index < set.length; index += 2) {
    if (code < (set[index] ?? 0)) return false;
    if (code <= (set[index + 1] ?? 0)) return true;
  }
  return false;
}
