import { EvtxError } from './evtx-error.ts';

/** The code page of the machine is not in the file: the most common one is taken. */
const ANSI = new TextDecoder('windows-1252');
const BIG_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;
/** Most arguments of one call. */
const CALL_UNITS_MAX = 8192;

/** Bytes with every read checked: what lies outside is an {@link EvtxError}, never `undefined`. Little-endian. */
export class ChunkBytes {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** The bytes as UTF-16 units, from even and from odd places; made when first needed. */
  readonly #units: (Uint16Array | undefined)[] = [undefined, undefined];

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

  /** UTF-16 text of so many bytes; an odd last byte is left out. Half surrogate pairs stay, as in JSON. */
  utf16(at: number, count: number): string {
    this.check(at, count);
    const units = this.#unitsFrom(at & 1);
    const from = at >> 1;
    const end = from + (count >> 1);
    if (end - from <= CALL_UNITS_MAX) return textOf(units.subarray(from, end));
    let text = '';
    for (let place = from; place < end; place += CALL_UNITS_MAX) {
      text += textOf(units.subarray(place, Math.min(end, place + CALL_UNITS_MAX)));
    }
    return text;
  }

  #unitsFrom(odd: number): Uint16Array {
    const known = this.#units[odd];
    if (known !== undefined) return known;
    const units = unitsFrom(this.#bytes, odd);
    this.#units[odd] = units;
    return units;
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

/** Units from byte 0 or 1 on, whatever the machine's byte order and the alignment of the bytes. */
function unitsFrom(bytes: Uint8Array, from: number): Uint16Array {
  const units = new Uint16Array((bytes.length - from) >> 1);
  const raw = new Uint8Array(units.buffer);
  raw.set(bytes.subarray(from, from + raw.length));
  for (let at = 0; BIG_ENDIAN && at < units.length; at += 1) {
    const unit = units[at] ?? 0;
    units[at] = (unit >> 8) | (unit << 8);
  }
  return units;
}

function textOf(units: Uint16Array): string {
  return String.fromCharCode.apply(null, units as unknown as number[]);
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0').toUpperCase(),
);
