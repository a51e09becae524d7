import type { ValueBuffer } from './value-buffer.ts';

const BACKSLASH = 0x5c;
const ASCII_END = 0x80;
const BLANK = 0x20;

/**
 * Decodes the content of a JSON string, `bytes[start, end)`, to units and symbols from `from` on. There must be room.
 *
 * @returns the place after the last unit, or -1 when it is not valid
 */
export function decodeString(
  bytes: Buffer,
  start: number,
  end: number,
  values: ValueBuffer,
  from: number,
): number {
  const { raw, symbols, ofUnit } = values;
  let unit = from;
  let place = start;
  let beyond = false;
  while (place < end) {
    const byte = bytes[place] as number;
    if (byte < BLANK) return -1;
    if (byte !== BACKSLASH && byte < ASCII_END) {
      raw[unit] = byte;
      symbols[unit] = ofUnit[byte] as number;
      unit += 1;
      place += 1;
      continue;
    }
    const code = byte === BACKSLASH ? escapeAt(bytes, place, end) : characterAt(bytes, place, end);
    if (code < 0) return -1;
    place += byte === BACKSLASH ? escapeLength(bytes, place) : characterLength(byte);
    if (code >= ASCII_END) beyond = true;
    if (code > 0xffff) {
      const high = 0xd800 + ((code - 0x10000) >> 10);
      raw[unit] = high;
      symbols[unit] = ofUnit[high] as number;
      unit += 1;
    }
    const last = code > 0xffff ? 0xdc00 + ((code - 0x10000) & 0x3ff) : code;
    raw[unit] = last;
    symbols[unit] = ofUnit[last] as number;
    unit += 1;
  }
  if (beyond) values.foldPairs(from, unit);
  return unit;
}

function escapeLength(bytes: Buffer, place: number): number {
  return bytes[place + 1] === LETTER_U ? 6 : 2;
}

const LETTER_U = 0x75;
const ESCAPES = escapeTable();

function escapeTable(): Int16Array {
  const table = new Int16Array(256).fill(-1);
  for (const [letter, code] of [
    ['"', 0x22],
    ['\\', 0x5c],
    ['/', 0x2f],
    ['b', 8],
    ['f', 12],
    ['n', 10],
    ['r', 13],
    ['t', 9],
  ] as const) {
    table[letter.charCodeAt(0)] = code;
  }
  return table;
}

/** The unit an escape stands for, or -1. */
function escapeAt(bytes: Buffer, place: number, end: number): number {
  if (place + 1 >= end) return -1;
  const letter = bytes[place + 1] as number;
  if (letter !== LETTER_U) return ESCAPES[letter] as number;
  if (place + 6 > end) return -1;
  let code = 0;
  for (let at = place + 2; at < place + 6; at += 1) {
    const digit = hexDigit(bytes[at] as number);
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function characterLength(lead: number): number {
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** The code point of a UTF-8 sequence of two bytes or more, or -1 when it is not valid. */
function characterAt(bytes: Buffer, place: number, end: number): number {
  const lead = bytes[place] as number;
  const length = characterLength(lead);
  if (lead < 0xc2 || lead > 0xf4 || place + length > end) return -1;
  let code = lead & (0x7f >> length);
  for (let at = place + 1; at < place + length; at += 1) {
    const byte = bytes[at] as number;
    if ((byte & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (byte & 0x3f);
  }
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  const least = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
  return code < least || code > 0x10ffff || isSurrogate ? -1 : code;
}
