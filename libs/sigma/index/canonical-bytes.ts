import { OTHER_SYMBOL } from './symbol-table.ts';

/** The byte of a character that no rule writes. */
const OTHER_BYTE = 0xff;
const ASCII_END = 128;
const BLANK = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
/** Letters of the control characters that JSON has a short escape for. */
const SHORT_ESCAPES = new Map([
  [8, 0x62],
  [9, 0x74],
  [10, 0x6e],
  [12, 0x66],
  [13, 0x72],
]);
const HEX = Buffer.from('0123456789abcdef', 'latin1');

/** Bytes that one symbol takes at most. */
export const SYMBOL_BYTES_MAX = 6;

/**
 * Writes symbols as bytes in the form in which automata search: as JSON escapes them, each character always alike, so
 * that a JSON string in ASCII is searched as it stands. Characters beyond ASCII take three bytes.
 *
 * @returns the place after
 */
export function writeCanonical(
  symbols: Uint16Array,
  start: number,
  end: number,
  out: Uint8Array,
  from: number,
): number {
  let place = from;
  for (let at = start; at < end; at += 1) {
    const symbol = symbols[at] as number;
    if (symbol < ASCII_END) {
      if (symbol >= BLANK && symbol !== QUOTE && symbol !== BACKSLASH) {
        out[place] = symbol;
        place += 1;
      } else place = writeEscape(symbol, out, place);
    } else if (symbol === OTHER_SYMBOL) {
      out[place] = OTHER_BYTE;
      place += 1;
    } else {
      out[place] = 0xc0 | (symbol >> 12);
      out[place + 1] = 0x80 | ((symbol >> 6) & 0x3f);
      out[place + 2] = 0x80 | (symbol & 0x3f);
      place += 3;
    }
  }
  return place;
}

function writeEscape(symbol: number, out: Uint8Array, place: number): number {
  out[place] = BACKSLASH;
  const letter = symbol >= BLANK ? symbol : SHORT_ESCAPES.get(symbol);
  if (letter !== undefined) {
    out[place + 1] = letter;
    return place + 2;
  }
  out[place + 1] = LETTER_U;
  out[place + 2] = HEX[0] as number;
  out[place + 3] = HEX[0] as number;
  out[place + 4] = HEX[symbol >> 4] as number;
  out[place + 5] = HEX[symbol & 15] as number;
  return place + SYMBOL_BYTES_MAX;
}

/** The same of a whole text of a rule. */
export function canonicalBytes(symbols: Uint16Array): Uint8Array {
  const out = new Uint8Array(symbols.length * SYMBOL_BYTES_MAX);
  return out.slice(0, writeCanonical(symbols, 0, symbols.length, out, 0));
}

/** Folds ASCII; other bytes stay. */
export const FOLD_BYTE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte,
);

/** Whether a character starts at `at`: not so within an escape, after an odd number of backslashes. */
export function isCharacterStart(bytes: Uint8Array, start: number, at: number): boolean {
  let before = at;
  while (before > start && bytes[before - 1] === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}
