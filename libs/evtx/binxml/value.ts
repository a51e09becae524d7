import type { ChunkBytes } from '../chunk-bytes.ts';
import { EvtxError } from '../evtx-error.ts';

/** A value of a record as JSON has it. Whole numbers that a double cannot hold are texts. */
export type Scalar = string | number | boolean | null;
export type Value = Scalar | readonly Scalar[];

/** Where a value of a template instance lies, and its type ([MS-EVEN6] 2.2.12). */
export interface ValueSlot {
  readonly type: number;
  readonly at: number;
  readonly size: number;
}

export const TYPE_NULL = 0x00;
export const TYPE_BINXML = 0x21;
const TYPE_STRING = 0x01;
const TYPE_ANSI = 0x02;
const TYPE_SID = 0x13;
const ARRAY = 0x80;

/** Bytes of types whose size is fixed. */
const SIZES: Readonly<Record<number, number>> = {
  3: 1,
  4: 1,
  5: 2,
  6: 2,
  7: 4,
  8: 4,
  9: 8,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  15: 16,
  17: 8,
  18: 16,
  20: 4,
  21: 8,
};

/** Reads a value that is no fragment. A type nobody knows is given as hexadecimal text: nothing is lost. */
export function readValue(bytes: ChunkBytes, { type, at, size }: ValueSlot): Value {
  bytes.check(at, size);
  return type & ARRAY
    ? readArray(bytes, type & ~ARRAY, at, size)
    : readScalar(bytes, type, at, size);
}

function readArray(bytes: ChunkBytes, type: number, at: number, size: number): Scalar[] {
  const end = at + size;
  if (type === TYPE_STRING) return splitTexts(bytes.utf16(at, size));
  if (type === TYPE_ANSI) return splitTexts(bytes.ansi(at, size));
  const out: Scalar[] = [];
  for (let place = at; place < end; ) {
    const step = type === TYPE_SID ? 8 + 4 * bytes.u8(place + 1) : (SIZES[type] ?? size);
    if (place + step > end) throw outside(place, type);
    out.push(readScalar(bytes, type, place, step));
    place += step;
  }
  return out;
}

/** Texts of an array end in NUL each; so does the last. */
function splitTexts(joined: string): string[] {
  if (joined === '') return [];
  const text = joined.endsWith('\0') ? joined.slice(0, -1) : joined;
  return text.split('\0');
}

function readScalar(bytes: ChunkBytes, type: number, at: number, size: number): Scalar {
  if (type === TYPE_NULL) return null;
  const needed = SIZES[type];
  if (needed !== undefined && size < needed) {
    if (size === 0) return null;
    throw outside(at, type);
  }
  switch (type) {
    case TYPE_STRING:
      return withoutNul(bytes.utf16(at, size));
    case TYPE_ANSI:
      return withoutNul(bytes.ansi(at, size));
    case 0x03:
      return bytes.i8(at);
    case 0x04:
      return bytes.u8(at);
    case 0x05:
      return bytes.i16(at);
    case 0x06:
      return bytes.u16(at);
    case 0x07:
      return bytes.i32(at);
    case 0x08:
      return bytes.u32(at);
    case 0x09:
      return wholeNumber(bytes.i64(at));
    case 0x0a:
      return wholeNumber(bytes.u64(at));
    case 0x0b:
      return realNumber(bytes.f32(at));
    case 0x0c:
      return realNumber(bytes.f64(at));
    case 0x0d:
      return bytes.u32(at) !== 0;
    case 0x0f:
      return guid(bytes, at);
    case 0x10:
      return `0x${(size >= 8 ? bytes.u64(at) : BigInt(bytes.u32(at))).toString(16)}`;
    case 0x11:
      return fileTime(bytes.u64(at));
    case 0x12:
      return systemTime(bytes, at);
    case TYPE_SID:
      return sid(bytes, at, size);
    case 0x14:
      return `0x${bytes.u32(at).toString(16)}`;
    case 0x15:
      return `0x${bytes.u64(at).toString(16)}`;
    default:
      return bytes.hex(at, size);
  }
}

function outside(at: number, type: number): EvtxError {
  const name = type.toString(16).padStart(2, '0');
  return new EvtxError('record_out_of_bounds', at, `a value of type 0x${name} is cut off at ${at}`);
}

function withoutNul(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}

/** A 64-bit number as JSON can hold it exactly. */
export function wholeNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function realNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** As Windows prints it: `{AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}` in upper case. */
export function guid(bytes: ChunkBytes, at: number): string {
  const head = bytes.u32(at).toString(16).padStart(8, '0');
  const second = bytes.u16(at + 4).toString(16);
  const third = bytes.u16(at + 6).toString(16);
  const parts = [head, second.padStart(4, '0'), third.padStart(4, '0')].join('-').toUpperCase();
  return `{${parts}-${bytes.hex(at + 8, 2)}-${bytes.hex(at + 10, 6)}}`;
}

/** Milliseconds from 1601 to 1970. */
const EPOCH_MS = 11_644_473_600_000;
const YEAR_10000_MS = 253_402_300_800_000;

/** 100 ns since 1601 as ISO 8601 with seven digits, as Windows prints it; the number itself beyond the year 9999. */
export function fileTime(ticks: bigint): string {
  const high = Number(ticks / 10_000n);
  const ms = high - EPOCH_MS;
  if (ms >= YEAR_10000_MS) return ticks.toString();
  const rest = Number(ticks % 10_000n);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(rest).padStart(4, '0')}Z`;
}

function systemTime(bytes: ChunkBytes, at: number): string {
  const [year, month, , day, hour, minute, second, ms] = Array.from({ length: 8 }, (_, index) =>
    bytes.u16(at + 2 * index),
  );
  const two = (part: number | undefined): string => String(part).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}.${String(ms).padStart(3, '0')}Z`;
}

/** `S-1-5-21-...`: revision, authority (big-endian, 48 bits), sub-authorities. */
function sid(bytes: ChunkBytes, at: number, size: number): string {
  const count = bytes.u8(at + 1);
  if (size < 8 + 4 * count) throw outside(at, TYPE_SID);
  let authority = 0;
  for (let index = 2; index < 8; index += 1) authority = authority * 256 + bytes.u8(at + index);
  let text = `S-${bytes.u8(at)}-${authority}`;
  for (let index = 0; index < count; index += 1) text += `-${bytes.u32(at + 8 + 4 * index)}`;
  return text;
}
