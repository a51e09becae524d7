import { EvtxError } from './evtx-error.ts';

const UTF16 = new TextDecoder('utf-16le');
/** The code page of the machine is not in the file: the most common one is taken. */
const ANSI = new TextDecoder('windows-1252');
/** Texts up to this length are built here: the decoder's call costs more. */
const SHORT_TEXT = 24;

/** Bytes with every read checked: what lies outside is an {@link EvtxError}, never `undefined`. Little-endian. */
export class ChunkBytes {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** @param bytes UNTRUSTED; not copied */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.length;
  }

  check(at: number, count: number): void {
    if (at < 0 || count < 0 || at + count > this.length) {
      const message = `${count} bytes at ${at} lie outside of the ${this.length} there are`;
      throw new EvtxError('record_out_of_bounds', at, message);
    }
  }

  u8(at: number): number {
    this.check(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.check(at, 2);
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    this.check(at, 4);
    return this.#view.getUint32(at, true);
  }

  u64(at: number): bigint {
    this.check(at, 8);
    return this.#view.getBigUint64(at, true);
  }

  i8(at: number): number {
    this.check(at, 1);
    return this.#view.getInt8(at);
  }

  i16(at: number): number {
    this.check(at, 2);
    return this.#view.getInt16(at, true);
  }

  i32(at: number): number {
    this.check(at, 4);
    return this.#view.getInt32(at, true);
  }

  i64(at: number): bigint {
    this.check(at, 8);
    return this.#view.getBigInt64(at, true);
  }

  f32(at: number): number {
    this.check(at, 4);
    return this.#view.getFloat32(at, true);
  }

  f64(at: number): number {
    this.check(at, 8);
    return this.#view.getFloat64(at, true);
  }

  /** UTF-16 text of so many bytes; an odd last byte is left out, half pairs become U+FFFD when long. */
  utf16(at: number, count: number): string {
    this.check(at, count);
    const end = at + (count & ~1);
    if (count > SHORT_TEXT * 2) return UTF16.decode(this.#bytes.subarray(at, end));
    let text = '';
    for (let place = at; place < end; place += 2) {
      text += String.fromCharCode(this.#view.getUint16(place, true));
    }
    return text;
  }

  ansi(at: number, count: number): string {
    this.check(at, count);
    return ANSI.decode(this.#bytes.subarray(at, at + count));
  }

  hex(at: number, count: number): string {
    this.check(at, count);
    let text = '';
    for (let place = at; place < at + count; place += 1) {
      text += HEX[this.#view.getUint8(place)] ?? '';
    }
    return text;
  }

  /** Where the bytes of a signature stand next, from a place on; -1 when nowhere. */
  find(signature: number, from: number): number {
    const first = signature & 0xff;
    let at = this.#bytes.indexOf(first, from);
    while (at >= 0 && at + 4 <= this.length) {
      if (this.#view.getUint32(at, true) === signature) return at;
      at = this.#bytes.indexOf(first, at + 1);
    }
    return -1;
  }
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0').toUpperCase(),
);
