import { foldCodePoint } from '../text/fold-case.ts';
import { SYMBOL_BYTES_MAX, writeCanonical } from './canonical-bytes.ts';
import { decodeString } from './decode-string.ts';
import { JsonChunk } from './json-chunk.ts';
import type { SymbolTable } from './symbol-table.ts';

const UNITS_START = 16 * 1024;
const VALUES_START = 1024;
/** A buffer that one large event made larger is given back after it. */
const UNITS_KEPT_MAX = 4 * 1024 * 1024;
const ASCII_END = 128;
/** Automata read words that may begin before the first byte. */
const SCRATCH_FROM = 4;
/** A value that was made, one that may hold characters beyond ASCII, and one that is not decoded yet. */
const MADE = 1;
const BEYOND = 2;
const ENCODED = 3;
const NO_CHUNK = new JsonChunk(Buffer.alloc(0));

/**
 * The texts of one event's values: as bytes for automata (see {@link writeCanonical}), and as UTF-16 units for the few
 * tests that need them, made when asked. Grows to the largest event and is used again for the next: nothing is
 * allocated for an event.
 */
export class ValueBuffer {
  /** UTF-16 units of the values that were decoded. */
  raw = new Uint16Array(UNITS_START);
  /** The same folded, as symbols. */
  symbols = new Uint16Array(UNITS_START);
  #scratch = NO_CHUNK.bytes;
  #scratchView = NO_CHUNK.words.view;
  #scratchUsed = SCRATCH_FROM;
  #chunk = NO_CHUNK;
  #line = NO_CHUNK.bytes;
  /** How a value's bytes are not those of the line: {@link MADE}, {@link BEYOND} or {@link ENCODED}. */
  #made = new Uint8Array(VALUES_START);
  /** Where the bytes of value `n` start and end. */
  starts = new Int32Array(VALUES_START);
  ends = new Int32Array(VALUES_START);
  /** Where its units start, or -1, and end. */
  #unitStarts = new Int32Array(VALUES_START);
  #unitEnds = new Int32Array(VALUES_START);
  /** The value before of the same field, or -1. */
  previous = new Int32Array(VALUES_START);
  count = 0;
  #used = 0;
  /** Symbols by unit. */
  readonly ofUnit: Uint16Array;

  constructor(table: SymbolTable) {
    this.ofUnit = table.ofUnit;
  }

  /** Begins an event, whose JSON is in a chunk when it is read from bytes. */
  clear(chunk: JsonChunk = NO_CHUNK): void {
    this.#chunk = chunk;
    this.#line = chunk.bytes;
    this.count = 0;
    this.#used = 0;
    this.#scratchUsed = SCRATCH_FROM;
    if (this.raw.length > UNITS_KEPT_MAX) {
      this.raw = new Uint16Array(UNITS_START);
      this.symbols = new Uint16Array(UNITS_START);
      this.#setScratch(Buffer.alloc(UNITS_START));
    }
  }

  /** The bytes in which a value's range lies. */
  bytesOf(value: number): Buffer {
    return this.isSpelledInLine(value) ? this.#line : this.#scratch;
  }

  viewOf(value: number): DataView {
    return this.isSpelledInLine(value) ? this.#chunk.words.view : this.#scratchView;
  }

  /** Whether a value's range lies in the line, in whatever spelling. */
  isSpelledInLine(value: number): boolean {
    const made = this.#made[value];
    return made === 0 || made === ENCODED;
  }

  /** Whether a value is known to be ASCII. */
  isAscii(value: number): boolean {
    return this.#made[value] !== BEYOND;
  }

  /** Whether a value's bytes are those of the line, as automata want them. */
  isInLine(value: number): boolean {
    return this.#made[value] === 0;
  }

  /** Adds a value whose bytes stand in the line as automata want them: ASCII, escapes in one spelling. */
  addRange(start: number, end: number): number {
    const value = this.#add(start, end);
    this.#made[value] = 0;
    this.#unitStarts[value] = -1;
    return value;
  }

  /**
   * Adds the content of a JSON string in the line that is spelled in any way. Before it is looked into it must be
   * decoded by {@link ValueBuffer.decode}; what was found in the same bytes before may be known without.
   */
  addEncoded(start: number, end: number): number {
    const value = this.#add(start, end);
    this.#made[value] = ENCODED;
    this.#unitStarts[value] = -1;
    return value;
  }

  /** Decodes a value if it is not yet; false when it is not valid. */
  decode(value: number): boolean {
    if (this.#made[value] !== ENCODED) return true;
    const start = this.starts[value] as number;
    const end = this.ends[value] as number;
    this.#reserve(end - start);
    const last = decodeString(this.#line, start, end, this, this.#used);
    if (last < 0) return false;
    this.#setUnits(value, last, BEYOND);
    return true;
  }

  /** Adds a text; gives its number. */
  addText(text: string): number {
    const { length } = text;
    this.#reserve(length);
    const { raw, symbols, ofUnit } = this;
    const start = this.#used;
    let beyond = 0;
    for (let at = 0; at < length; at += 1) {
      const unit = text.charCodeAt(at);
      raw[start + at] = unit;
      symbols[start + at] = ofUnit[unit] as number;
      beyond |= unit;
    }
    if (beyond >= ASCII_END) this.foldPairs(start, start + length);
    return this.#addUnits(start + length, beyond >= ASCII_END ? BEYOND : MADE);
  }

  /** Where a value's units start in {@link ValueBuffer.raw}; they are made when there are none yet. */
  unitStart(value: number): number {
    const known = this.#unitStarts[value] as number;
    if (known >= 0) return known;
    const start = this.starts[value] as number;
    const end = this.ends[value] as number;
    this.#reserve(end - start);
    const last = decodeString(this.#line, start, end, this, this.#used);
    this.#unitStarts[value] = this.#used;
    this.#unitEnds[value] = Math.max(last, this.#used);
    this.#used = this.#unitEnds[value] as number;
    return this.#unitStarts[value] as number;
  }

  /** Where they end; valid after {@link ValueBuffer.unitStart}. */
  unitEnd(value: number): number {
    return this.#unitEnds[value] as number;
  }

  #addUnits(unitEnd: number, made: number): number {
    const value = this.#add(0, 0);
    this.#setUnits(value, unitEnd, made);
    return value;
  }

  #setUnits(value: number, unitEnd: number, made: number): void {
    const unitStart = this.#used;
    const from = this.#scratchUsed;
    this.#reserveScratch((unitEnd - unitStart) * SYMBOL_BYTES_MAX);
    const end = writeCanonical(this.symbols, unitStart, unitEnd, this.#scratch, from);
    this.#scratchUsed = end;
    this.#used = unitEnd;
    this.starts[value] = from;
    this.ends[value] = end;
    this.#made[value] = made;
    this.#unitStarts[value] = unitStart;
    this.#unitEnds[value] = unitEnd;
  }

  #add(start: number, end: number): number {
    const value = this.count;
    if (value === this.starts.length) this.#growValues();
    this.starts[value] = start;
    this.ends[value] = end;
    this.count = value + 1;
    return value;
  }

  /** Makes room for that many more units. */
  #reserve(units: number): void {
    const needed = this.#used + units;
    if (needed <= this.raw.length) return;
    const size = Math.max(needed, this.raw.length * 2);
    const raw = new Uint16Array(size);
    raw.set(this.raw);
    this.raw = raw;
    const symbols = new Uint16Array(size);
    symbols.set(this.symbols);
    this.symbols = symbols;
  }

  #reserveScratch(bytes: number): void {
    const needed = this.#scratchUsed + bytes;
    if (needed <= this.#scratch.length) return;
    const scratch = Buffer.alloc(Math.max(needed, UNITS_START, this.#scratch.length * 2));
    scratch.set(this.#scratch);
    this.#setScratch(scratch);
  }

  #setScratch(bytes: Buffer): void {
    this.#scratch = bytes;
    this.#scratchView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    const made = new Uint8Array(this.#made.length * 2);
    made.set(this.#made);
    this.#made = made;
    this.starts = grown(this.starts);
    this.ends = grown(this.ends);
    this.#unitStarts = grown(this.#unitStarts);
    this.#unitEnds = grown(this.#unitEnds);
    this.previous = grown(this.previous);
  }

  /** The text of a value, for the few tests that need one. */
  text(value: number): string {
    const start = this.unitStart(value);
    const end = this.unitEnd(value);
    let text = '';
    for (let at = start; at < end; at += TEXT_CHUNK) {
      text += String.fromCharCode(...this.raw.subarray(at, Math.min(end, at + TEXT_CHUNK)));
    }
    return text;
  }
}

/** Arguments of one call are limited. */
const TEXT_CHUNK = 8192;
