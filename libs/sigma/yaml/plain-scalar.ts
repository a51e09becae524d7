import { OtherForm } from './other-form.ts';
import type { YamlScalarValue } from './yaml-node.ts';

/** How everything starts that YAML reads as a number. */
const MAYBE_NUMBER = /^[-+]?\.?\d|^[-+]?\.(?:inf|nan)$/i;
const WHOLE = /^(?:0|-?[1-9]\d{0,14})$/;
/** No number: characters that numbers do not have, two points, or a sign elsewhere than in front and after an `e`. */
const TEXT_FROM_DIGIT = /^\d.*?(?:[^-+.\da-fox]|[^-+e][-+]|\..*\.)/i;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ...['true', 'True', 'TRUE'].map((word): [string, boolean] => [word, true]),
  ...['false', 'False', 'FALSE'].map((word): [string, boolean] => [word, false]),
  ...['null', 'Null', 'NULL', '~'].map((word): [string, null] => [word, null]),
]);
const LONGEST_WORD = 5;
/** Characters that mean something at the start of a scalar; a dash does before a blank. */
const INDICATORS = new Set([...'-?:,[]{}#&*!|>\'"%@`'].map((char) => char.charCodeAt(0)));
const DASH = 0x2d;
const BLANK = 0x20;

/**
 * The value of a scalar without quotes, `[from, to)` of a text: one line, blanks and comment cut off.
 *
 * @throws OtherForm for what is not sure to be text, a small whole number, true, false or null
 */
export function plainScalar(text: string, from: number, to: number): YamlScalarValue {
  const first = text.charCodeAt(from);
  if (INDICATORS.has(first)) {
    if (first !== DASH || to === from + 1 || text.charCodeAt(from + 1) === BLANK)
      throw new OtherForm();
  }
  const source = text.slice(from, to);
  if (source.length <= LONGEST_WORD) {
    const word = WORDS.get(source);
    if (word !== undefined) return word;
  }
  if (!MAYBE_NUMBER.test(source)) return source;
  if (WHOLE.test(source)) return Number(source);
  if (TEXT_FROM_DIGIT.test(source)) return source;
  throw new OtherForm();
}

/** A value, and where the text goes on. */
export interface ReadText {
  readonly value: string;
  readonly end: number;
}

/**
 * The value of a scalar in quotes that opens at `from` and closes before `to`, on its line.
 *
 * @throws OtherForm when it does not, and for rare escapes
 */
export function quotedText(text: string, from: number, to: number): ReadText {
  const quote = text[from] as string;
  let end = text.indexOf(quote, from + 1);
  if (quote === "'") {
    let isDoubled = false;
    for (; text[end + 1] === quote; end = text.indexOf(quote, end + 2)) isDoubled = true;
    if (end < 0 || end >= to) throw new OtherForm();
    const inner = text.slice(from + 1, end);
    return { value: isDoubled ? inner.replaceAll("''", "'") : inner, end: end + 1 };
  }
  const backslash = text.indexOf('\\', from);
  if (backslash >= 0 && backslash < to) return escapedText(text, from, to);
  if (end < 0 || end >= to) throw new OtherForm();
  return { value: text.slice(from + 1, end), end: end + 1 };
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ['"', '"'],
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

function escapedText(text: string, from: number, to: number): ReadText {
  let value = '';
  for (let at = from + 1; at < to; at += 1) {
    const char = text[at] as string;
    if (char === '"') return { value, end: at + 1 };
    if (char !== '\\') value += char;
    else {
      at += 1;
      const meant = ESCAPES.get(text[at] as string);
      if (meant === undefined) throw new OtherForm();
      value += meant;
    }
  }
  throw new OtherForm();
}

/** A text of lines after `|`. */
export interface TextBlock extends ReadText {
  /** Lines it takes below that of its sign. */
  readonly lines: number;
}

/**
 * The text after a `|` or `|-` at `from`, whose line ends at `to`: the lines below that are indented more than `column`.
 * `end` is where its last line ends.
 *
 * @throws OtherForm for other signs, a block that starts with blank lines or that the text ends in
 */
export function textBlock(text: string, from: number, to: number, column: number): TextBlock {
  const sign = text.slice(from, to);
  if (sign !== '|' && sign !== '|-') throw new OtherForm();
  const indent = indentAfter(text, to);
  if (indent <= column) throw new OtherForm();
  let value = '';
  let blank = '';
  let end = to;
  let lines = 0;
  for (;;) {
    const start = end + 1;
    const newline = text.indexOf('\n', start);
    if (newline < 0) throw new OtherForm();
    const first = pastBlanks(text, start, newline);
    if (first < newline && first - start < indent) break;
    const line = newline - start > indent ? text.slice(start + indent, newline) : '';
    if (first < newline) {
      value += `${blank}${line}\n`;
      blank = '';
    } else blank += `${line}\n`;
    end = newline;
    lines += 1;
  }
  // Blanks on a line that is last would count as text.
  if (/[^\n]/.test(blank)) throw new OtherForm();
  return { value: sign === '|' ? value : value.slice(0, -1), end, lines };
}

/** Of the line below. */
function indentAfter(text: string, to: number): number {
  const first = pastBlanks(text, to + 1, text.length);
  return text[first] === '\n' ? -1 : first - to - 1;
}

function pastBlanks(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) === BLANK) at += 1;
  return at;
}
