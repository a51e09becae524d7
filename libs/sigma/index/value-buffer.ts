import { foldCodePoint } from '../text/fold-case.ts';
import type { SymbolTable } from './symbol-table.ts';

const UNITS_START = 64 * 1024;
const VALUES_START = 1024;
/** A buffer that one large event made larger is given back after it. */
const UNITS_KEPT_MAX = 4 * 1024 * 1024;
const ASCII_END = 128;

/**
 * The texts of one event's values, one after another: as they are and folded to symbols. Grows to the largest event
 * and is used again for the next: nothing is allocated for an event.
 */
export class ValueBuffer {
  /** UTF-16 units as they are. */
  raw = new Uint16Array(UNITS_START);
  /** The same folded, as symbols. */
  symbols = new Uint16Array(UNITS_START);
  /** Where value `n` starts and ends. */
  starts = new Int32Array(VALUES_START);
  ends = new Int32Array(VALUES_START);
  /** 1 where a value has a character other than ASCII. */
  beyond = new Uint8Array(VALUES_START);
  /** The value before of the same field, or -1. */
  previous = new Int32Array(VALUES_START);
  count = 0;
  used = 0;
  /** Symbols by unit. */
  readonly ofUnit: Uint16Array;

  constructor(table: SymbolTable) {
    this.ofUnit = table.ofUnit;
  }

  clear(): void {
    this.count = 0;
    this.used = 0;
    if (this.raw.length > UNITS_KEPT_MAX) {
      this.raw = new Uint16Array(UNITS_START);
      this.symbols = new Uint16Array(UNITS_START);
    }
  }

  /** Makes room for that many more units. */
  reserve(units: number): void {
    const needed = this.used + units;
    if (needed <= this.raw.length) return;
    const size = Math.max(needed, this.raw.length * 2);
    const raw = new Uint16Array(size);
    raw.set(this.raw);
    this.raw = raw;
    const symbols = new Uint16Array(size);
    symbols.set(this.symbols);
    this.symbols = symbols;
  }

  /** Adds a value; gives its number. */
  addText(text: string): number {
    const { length } = text;
    this.reserve(length);
    const { raw, symbols } = this;
    const ofUnit = this.ofUnit;
    const start = this.used;
    let beyond = 0;
    for (let at = 0; at < length; at += 1) {
      const unit = text.charCodeAt(at);
      raw[start + at] = unit;
      symbols[start + at] = ofUnit[unit] as number;
      beyond |= unit;
    }
    if (beyond >= ASCII_END) this.foldPairs(start, start + length);
    return this.close(start, start + length, beyond >= ASCII_END);
  }

  /** Ends a value whose units were written to `raw` and `symbols` by the caller. */
  close(start: number, end: number, beyond: boolean): number {
    const value = this.count;
    if (value === this.starts.length) this.#growValues();
    this.starts[value] = start;
    this.ends[value] = end;
    this.beyond[value] = beyond ? 1 : 0;
    this.count = value + 1;
    this.used = end;
    return value;
  }

  /** Letters beyond the basic plane fold as pairs. */
  foldPairs(start: number, end: number): void {
    const { raw, symbols } = this;
    for (let at = start; at + 1 < end; at += 1) {
      const high = raw[at] as number;
      const low = raw[at + 1] as number;
      if ((high & 0xfc00) !== 0xd800 || (low & 0xfc00) !== 0xdc00) continue;
      const code = ((high - 0xd800) << 10) + (low - 0xdc00) + 0x10000;
      const folded = foldCodePoint(code) - 0x10000;
      symbols[at] = this.ofUnit[0xd800 + (folded >> 10)] as number;
      symbols[at + 1] = this.ofUnit[0xdc00 + (folded & 0x3ff)] as number;
      at += 1;
    }
  }

  #growValues(): void {
    const grown = (from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(from.length * 2);
      to.set(from);
      return to;
    };
    const beyond = new Uint8Array(this.beyond.length * 2);
    beyond.set(this.beyond);
    this.beyond = beyond;
    this.starts = grown(this.starts);
    this.ends = grown(this.ends);
    this.previous = grown(this.previous);
  }

  /** The text of a value, for the few tests that need one. */
  text(value: number): string {
    const end = this.ends[value] as number;
    let text = '';
    for (let at = this.starts[value] as number; at < end; at += TEXT_CHUNK) {
      text += String.fromCharCode(...this.raw.subarray(at, Math.min(end, at + TEXT_CHUNK)));
    }
    return text;
  }
}

/** Arguments of one call are limited. */
const TEXT_CHUNK = 8192;
