import duckdb from '@duckdb/node-bindings';
import type { TextHeap } from './text-heap.ts';

/** Rows of one DuckDB vector. */
export const CHUNK_ROWS_MAX = 2048;

const BYTES_PER_STRING = 16;
const WORDS_PER_STRING = 4;
/** DuckDB keeps strings of up to this many bytes inside the vector (`duckdb_string_t`). */
const INLINE_BYTES_MAX = 12;
const ASCII_MAX = 127;
const WORD = 4_294_967_296;

/**
 * One text column of a chunk, laid out row by row as DuckDB keeps it: `duckdb_string_t`, a length and up to 12 bytes,
 * or a length, the first 4 bytes and the address of all. Text is laid out when its row comes: if it waited for the
 * chunk to be full it would outlive its event, and the collector would carry it along.
 */
export class TextVector {
  readonly #heap: TextHeap;
  readonly #strings = new ArrayBuffer(CHUNK_ROWS_MAX * BYTES_PER_STRING);
  readonly #words = new Int32Array(this.#strings);
  readonly #bytes = new Uint8Array(this.#strings);
  /** Rows whose text is in the heap. Until it is placed they have its offset there for an address. */
  readonly #long = new Int32Array(CHUNK_ROWS_MAX);
  #longRows = 0;
  /** The text laid out last, and its row: many columns say the same in row after row. */
  #last = '';
  #lastRow = 0;

  constructor(heap: TextHeap) {
    this.#heap = heap;
  }

  /** Sets the text of a row. Rows come in order, all of them. */
  set(row: number, text: string): void {
    const at = row * WORDS_PER_STRING;
    if (text === '') {
      clearWords(this.#words, at);
    } else if (text === this.#last) {
      this.#repeat(at, row);
    } else {
      this.#last = text;
      this.#lastRow = row;
      if (!this.#layShort(at, text)) this.#layLong(at, row, text);
    }
  }

  /** Fills a vector with the first rows, whose heap is at `address`; the next row is the first again. */
  write(vector: duckdb.Vector, rows: number, address: number): void {
    for (let index = 0; index < this.#longRows; index += 1) {
      const at = (this.#long[index] ?? 0) * WORDS_PER_STRING + 2;
      const place = address + (this.#words[at] ?? 0);
      this.#words[at] = place | 0;
      this.#words[at + 1] = Math.floor(place / WORD);
    }
    duckdb.copy_data_to_vector(vector, 0, this.#strings, 0, rows * BYTES_PER_STRING);
    this.#longRows = 0;
    this.#last = '';
  }

  #repeat(at: number, row: number): void {
    const words = this.#words;
    const from = this.#lastRow * WORDS_PER_STRING;
    words[at] = words[from] ?? 0;
    words[at + 1] = words[from + 1] ?? 0;
    words[at + 2] = words[from + 2] ?? 0;
    words[at + 3] = words[from + 3] ?? 0;
    if ((words[at] ?? 0) > INLINE_BYTES_MAX) this.#long[this.#longRows++] = row;
  }

  /** Lays out a text of up to 12 ASCII bytes. False when it is another. */
  #layShort(at: number, text: string): boolean {
    const length = text.length;
    if (length > INLINE_BYTES_MAX) return false;
    clearWords(this.#words, at);
    const start = at * 4 + 4;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > ASCII_MAX) return false;
      this.#bytes[start + index] = code;
    }
    this.#words[at] = length;
    return true;
  }

  #layLong(at: number, row: number, text: string): void {
    const heap = this.#heap;
    const length = heap.write(text);
    const isLong = length > INLINE_BYTES_MAX;
    clearWords(this.#words, at);
    const [from, start] = [heap.used, at * 4 + 4];
    const laid = isLong ? 4 : length;
    for (let index = 0; index < laid; index += 1)
      this.#bytes[start + index] = heap.bytes[from + index] ?? 0;
    this.#words[at] = length;
    if (!isLong) return;
    this.#words[at + 2] = from;
    this.#long[this.#longRows++] = row;
    heap.keep(length);
  }
}

/** A call of `fill` for four words would cost more than the words. */
function clearWords(words: Int32Array, at: number): void {
  words[at] = 0;
  words[at + 1] = 0;
  words[at + 2] = 0;
  words[at + 3] = 0;
}
