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
  const isCommon = length > 0 && COMMON_TEXTS.some((text) => text.includes(shape.literal));
  if (shape.kind === 'equals') return isCommon ? 0.1 : 0.02;
  const rate = isCommon
    ? COMMON_RATE
    : (LENGTH_RATES[Math.min(length, LENGTH_RATES.length - 1)] ?? 1);
  return shape.kind === 'contains' || shape.kind === 'pattern' ? rate : rate / 2;
}

/**
 * What events are full of, folded, wherever they come from: whatever is part of one of these is a poor way to a rule,
 * however long it is. Only the order in which rules are asked depends on it.
 */
const COMMON_TEXTS = [
  'c:\\windows\\system32\\',
  'c:\\windows\\syswow64\\',
  'c:\\windows\\system32\\ntdll.dll+',
  'c:\\windows\\system32\\kernelbase.dll+',
  'c:\\program files\\',
  'c:\\program files (x86)\\',
  'c:\\users\\',
  '\\appdata\\local\\',
  '\\system32\\svchost.exe',
  '\\system32\\cmd.exe',
  '\\system32\\conhost.exe',
  '\\system32\\services.exe',
  '\\windows\\explorer.exe',
  'powershell.exe',
  'nt authority\\system',
  'microsoft corporation',
  'microsoft windows operating system',
  'hklm\\software\\microsoft\\windows\\currentversion\\',
  'hklm\\system\\currentcontrolset\\services\\',
  'https://www.',
  '/usr/bin/',
];
const COMMON_RATE = 0.6;
const LENGTH_RATES = [1, 0.7, 0.4, 0.2, 0.1, 0.05, 0.03, 0.02, 0.015, 0.01, 0.005];
