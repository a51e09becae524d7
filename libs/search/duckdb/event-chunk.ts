import {
  BIGINT,
  BOOLEAN,
  DuckDBDataChunk,
  INTEGER,
  SMALLINT,
  UUID,
  VARCHAR,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { FIXED_COLUMNS, type RowFacts, TEXT_COLUMNS } from './event-columns.ts';
import { TextHeap } from './text-heap.ts';
import { CHUNK_ROWS_MAX, TextVector } from './text-vector.ts';

const TYPES = { BIGINT, BOOLEAN, INTEGER, SMALLINT, UUID, VARCHAR } as const;
const CHUNK_TYPES = [
  ...FIXED_COLUMNS.map((column) => TYPES[column.type]),
  ...TEXT_COLUMNS.map(() => VARCHAR),
];
type NumberColumn = Exclude<(typeof FIXED_COLUMNS)[number], { name: 'event_id' }>;

const WORDS_PER_UUID = 4;

/**
 * Gathers rows column by column and hands them to DuckDB as one data chunk.
 *
 * Every call into DuckDB's binding costs about 0.2 us, so 22 text columns set one value at a time would cost more than
 * parsing the event. So numbers and text are laid out here as DuckDB keeps them and copied a column at a time, and the
 * bytes of all long texts are copied in one piece.
 */
export class EventChunk {
  readonly #timestamps = new Float64Array(CHUNK_ROWS_MAX);
  readonly #receivedAt = new Float64Array(CHUNK_ROWS_MAX);
  readonly #rolls = new Float64Array(CHUNK_ROWS_MAX);
  readonly #frames = new Float64Array(CHUNK_ROWS_MAX);
  readonly #ordinals = new Float64Array(CHUNK_ROWS_MAX);
  readonly #severities = new Float64Array(CHUNK_ROWS_MAX);
  readonly #clientIds = new Float64Array(CHUNK_ROWS_MAX);
  readonly #ids = new Int32Array(CHUNK_ROWS_MAX * WORDS_PER_UUID);
  readonly #heap = new TextHeap();
  /** The long texts of the chunk that was taken last: they must be there until it is used. */
  #placed = this.#heap.place();
  readonly #texts = TEXT_COLUMNS.map(() => new TextVector(this.#heap));
  readonly #scratch = new ArrayBuffer(CHUNK_ROWS_MAX * 8);
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  get full(): boolean {
    return this.#rows === CHUNK_ROWS_MAX || this.#heap.full;
  }

  /** Adds one row. The chunk must not be full. */
  push(event: NormalizedEvent, facts: RowFacts, roll: number): void {
    assert(this.#rows < CHUNK_ROWS_MAX, 'a full chunk is taken before more rows come');
    const row = this.#rows++;
    this.#timestamps[row] = event.timestamp;
    this.#receivedAt[row] = facts.receivedAt;
    this.#rolls[row] = roll;
    this.#frames[row] = facts.frame;
    this.#ordinals[row] = facts.ordinal;
    this.#severities[row] = event.severity;
    this.#clientIds[row] = event.clientId ? 1 : 0;
    layUuid(this.#ids, row * WORDS_PER_UUID, event.eventId);
    for (let column = 0; column < TEXT_COLUMNS.length; column += 1)
      this.#texts[column]?.set(row, TEXT_COLUMNS[column]?.text(event, facts) ?? '');
  }

  /** The rows as a DuckDB chunk, to be used before the next is taken; this one is empty afterwards. */
  take(): DuckDBDataChunk {
    const rows = this.#rows;
    const chunk = DuckDBDataChunk.create(CHUNK_TYPES, rows);
    const vector = (index: number): duckdb.Vector =>
      duckdb.data_chunk_get_vector(chunk.chunk, index);
    FIXED_COLUMNS.forEach((column, index) => {
      if (column.name === 'event_id')
        duckdb.copy_data_to_vector(vector(index), 0, this.#ids.buffer, 0, rows * 16);
      else duckdb.copy_data_to_vector(vector(index), 0, this.#scratch, 0, this.#lay(column));
    });
    this.#placed = this.#heap.place();
    this.#texts.forEach((texts, index) => {
      texts.write(vector(FIXED_COLUMNS.length + index), rows, this.#placed.address);
    });
    this.#rows = 0;
    return chunk;
  }

  #numbers(name: NumberColumn['name']): Float64Array {
    switch (name) {
      case 'timestamp':
        return this.#timestamps;
      case 'ingested_at':
        return this.#receivedAt;
      case 'roll':
        return this.#rolls;
      case 'frame':
        return this.#frames;
      case 'ordinal':
        return this.#ordinals;
      case 'severity':
        return this.#severities;
      case 'client_id':
        return this.#clientIds;
    }
  }

  /** Lays a column of numbers out in the scratch buffer; returns its bytes. */
  #lay(column: NumberColumn): number {
    const rows = this.#rows;
    const values = this.#numbers(column.name);
    switch (column.type) {
      case 'BIGINT': {
        const words = new Int32Array(this.#scratch);
        for (let row = 0; row < rows; row += 1) layBigint(words, row * 2, values[row] ?? 0);
        return rows * 8;
      }
      case 'INTEGER':
        new Int32Array(this.#scratch).set(values.subarray(0, rows));
        return rows * 4;
      case 'SMALLINT':
        new Int16Array(this.#scratch).set(values.subarray(0, rows));
        return rows * 2;
      case 'BOOLEAN':
        new Uint8Array(this.#scratch).set(values.subarray(0, rows));
        return rows;
    }
  }
}

/** Writes a whole number of up to 2^53 as 64 bits, little-endian. */
function layBigint(words: Int32Array, at: number, value: number): void {
  const high = Math.floor(value / 4_294_967_296);
  words[at] = (value - high * 4_294_967_296) | 0;
  words[at + 1] = high;
}

/** Writes a UUID as DuckDB keeps it: a 128-bit integer, little-endian, with the highest bit flipped so that it sorts. */
function layUuid(words: Int32Array, at: number, uuid: string): void {
  words[at + 3] = hex32(uuid, 0) ^ 0x80000000;
  words[at + 2] = (hex16(uuid, 9) << 16) | hex16(uuid, 14);
  words[at + 1] = (hex16(uuid, 19) << 16) | hex16(uuid, 24);
  words[at] = hex32(uuid, 28);
}

function hex32(text: string, at: number): number {
  return (hex16(text, at) << 16) | hex16(text, at + 4);
}

function hex16(text: string, at: number): number {
  return (
    (digit(text, at) << 12) |
    (digit(text, at + 1) << 8) |
    (digit(text, at + 2) << 4) |
    digit(text, at + 3)
  );
}

function digit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 58 ? code - 48 : (code | 32) - 87;
}
