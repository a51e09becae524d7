import { literalOf, type Pattern, type PatternPart } from '@tocsin/query/query.ts';
import type { TextTest } from './condition.ts';
import { foldCase } from './fold-case.ts';

const ANY = { wildcard: '*' } as const;

/**
 * The cheapest test that a pattern stands for. `anchored`: the pattern covers the whole value, else it is found
 * anywhere in it. The pattern is not the empty text and not `*` alone.
 */
export function textTest(pattern: Pattern, anchored: boolean): TextTest {
  const folded = pattern.map((part) => (typeof part === 'string' ? foldCase(part) : part));
  const parts = anchored ? folded : surrounded(folded);
  const literal = literalOf(parts);
  if (literal !== undefined) return { op: 'in', values: [literal] };
  const [first, second, third] = parts;
  if (parts.length === 2) {
    if (typeof first === 'string' && isAny(second)) return { op: 'prefix', text: first };
    if (isAny(first) && typeof second === 'string') return { op: 'suffix', text: second };
  }
  if (parts.length === 3 && isAny(first) && typeof second === 'string' && isAny(third)) {
    return { op: 'contains', text: second };
  }
  return { op: 'like', pattern: parts };
}

function surrounded(parts: readonly PatternPart[]): Pattern {
  const head = isAny(parts[0]) ? [] : [ANY];
  const tail = isAny(parts.at(-1)) ? [] : [ANY];
  return [...head, ...parts, ...tail];
}

function isAny(part: PatternPart | undefined): boolean {
  return typeof part === 'object' && part.wildcard === '*';
}
