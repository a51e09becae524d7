import { foldCase } from '../text/fold-case.ts';
import { ANY, ONE, type Pattern } from '../text/pattern.ts';

/** How an automaton finds what a pattern asks for. */
export type TextShape =
  | { readonly kind: 'equals' | 'prefix' | 'suffix' | 'contains'; readonly literal: string }
  | { readonly kind: 'pattern'; readonly literal: string }
  | { readonly kind: 'presence' };

/**
 * The shape of a pattern; the literal is folded. What is compared whole, wildcards and texts whose case counts, is
 * found by its longest text, `''` when it has none.
 */
export function textShape(pattern: Pattern, cased: boolean): TextShape {
  const [first, second, third] = pattern;
  if (pattern.length === 0) return { kind: 'equals', literal: '' };
  if (cased && !(pattern.length === 1 && first === ANY)) return wholePattern(pattern);
  if (pattern.length === 1) {
    if (typeof first === 'string') return { kind: 'equals', literal: foldCase(first) };
    if (first === ANY) return { kind: 'presence' };
  } else if (!pattern.includes(ONE)) {
    if (pattern.length === 2) {
      if (typeof first === 'string') return { kind: 'prefix', literal: foldCase(first) };
      if (typeof second === 'string') return { kind: 'suffix', literal: foldCase(second) };
    } else if (pattern.length === 3 && first === ANY && third === ANY) {
      if (typeof second === 'string') return { kind: 'contains', literal: foldCase(second) };
    }
  }
  return wholePattern(pattern);
}

function wholePattern(pattern: Pattern): TextShape {
  const texts = pattern.filter((part) => typeof part === 'string').map(foldCase);
  const literal = texts.reduce((best, text) => (text.length > best.length ? text : best), '');
  return { kind: 'pattern', literal };
}

/**
 * How often a value is expected to have a literal, when nothing was measured: a rule is reached through what is
 * rarest.
 */
export function expectedRate(shape: TextShape): number {
  if (shape.kind === 'presence') return 0.9;
  const { length } = shape.literal;
  const rate = LENGTH_RATES[Math.min(length, LENGTH_RATES.length - 1)] ?? 1;
  if (shape.kind === 'equals') return 0.02;
  return shape.kind === 'contains' || shape.kind === 'pattern' ? rate : rate / 2;
}

const LENGTH_RATES = [1, 0.7, 0.4, 0.2, 0.1, 0.05, 0.03, 0.02, 0.015, 0.01, 0.005];
