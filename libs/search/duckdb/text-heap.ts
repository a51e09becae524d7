import { BLOB, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { assert } from '@tocsin/kernel/assert.ts';

/** A usual chunk of rows has 3 MB of text. */
const FIRST_BYTES = 4 << 20;
/** With so many bytes of text a chunk is full, however few its rows are. One event more can pass it. */
const HEAP_BYTES_FULL = 8 << 20;
/** What is kept of a buffer that had to grow. */
const KEPT_BYTES_MAX = 16 << 20;
const UTF8_BYTES_PER_UNIT_MAX = 3;
const BYTES_PER_STRING = 16;
const WORD = 4_294_967_296;

/** Text in DuckDB's memory: it is there while this object is. */
export interface PlacedText {
  readonly address: number;
  readonly chunk: DuckDBDataChunk;
}

/**
 * The long texts of one chunk in one piece of memory. They are written here one after the other and go to DuckDB in
 * one call, instead of one call a text, each with a check of UTF-8 and an allocation.
 */
export class TextHeap {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;

  get full(): boolean {
    return this.#used >= HEAP_BYTES_FULL;
  }

  /** Where the next text begins. */
  get used(): number {
    return this.#used;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Writes a text behind the last kept one, as UTF-8; returns its bytes. It stays when it is kept. */
  write(text: string): number {
    const needed = this.#used + text.length * UTF8_BYTES_PER_UNIT_MAX;
    if (needed > this.#bytes.length) this.#grow(needed);
    return this.#bytes.write(text, this.#used, 'utf8');
  }

  /** Keeps the text that was written last. */
  keep(bytes: number): void {
    this.#used += bytes;
  }

  /** Gives all kept text to DuckDB and forgets it here. */
  place(): PlacedText {
    const chunk = DuckDBDataChunk.create([BLOB], 1);
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, 0);
    const kept = this.#bytes.subarray(0, this.#used);
    duckdb.vector_assign_string_element_len(vector, 0, kept);
    // What DuckDB wrote: length, first 4 bytes, address. Without long text nobody asks for the address.
    const { buffer, byteOffset } = duckdb.vector_get_data(vector, BYTES_PER_STRING);
    const [length = 0, , low = 0, high = 0] = new Uint32Array(buffer, byteOffset);
    const address = high * WORD + low;
    assert(
      length === this.#used && (length === 0 || Number.isSafeInteger(address)),
      'DuckDB keeps text by length and address',
    );
    this.#used = 0;
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    return { address, chunk };
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = grown;
  }
}
