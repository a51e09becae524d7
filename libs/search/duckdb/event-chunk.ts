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

/** Rows of one DuckDB vector. */
export const CHUNK_ROWS_MAX = 2048;

const TYPES = { BIGINT, BOOLEAN, INTEGER, SMALLINT, UUID, VARCHAR } as const;
const CHUNK_TYPES = [
  ...FIXED_COLUMNS.map((column) => TYPES[column.type]),
  ...TEXT_COLUMNS.map(() => VARCHAR),
];
type FixedColumn = (typeof FIXED_COLUMNS)[number];
type FixedName = FixedColumn['name'];

const WORDS_PER_STRING = 4;
/** DuckDB keeps strings of up to this many bytes inside the vector (`duckdb_string_t`). */
const INLINE_BYTES_MAX = 12;

/**
 * Gathers rows column by column and hands them to DuckDB as one data chunk.
 *
 * Every call into DuckDB's binding costs about 0.2 us, so 22 text columns set one value at a time would cost more than
 * parsing the event. Numbers are copied as typed arrays, and text of up to 12 ASCII bytes is laid out here as DuckDB's
 * inline string and copied with its whole column; only longer text is set by a call of its own.
 */
export class EventChunk {
  readonly #timestamps = new Float64Array(CHUNK_ROWS_MAX);
  readonly #receivedAt = new Float64Array(CHUNK_ROWS_MAX);
  readonly #rolls = new Float64Array(CHUNK_ROWS_MAX);
  readonly #frames = new Float64Array(CHUNK_ROWS_MAX);
  readonly #ordinals = new Float64Array(CHUNK_ROWS_MAX);
  readonly #severities = new Float64Array(CHUNK_ROWS_MAX);
  readonly #clientIds = new Float64Array(CHUNK_ROWS_MAX);
  readonly #ids: string[] = new Array(CHUNK_ROWS_MAX).fill('');
  readonly #texts: string[][] = TEXT_COLUMNS.map(() => new Array(CHUNK_ROWS_MAX).fill(''));
  readonly #scratch = new ArrayBuffer(CHUNK_ROWS_MAX * 16);
  readonly #words = new Int32Array(this.#scratch);
  readonly #bytes = new Uint8Array(this.#scratch);
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  get full(): boolean {
    return this.#rows === CHUNK_ROWS_MAX;
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
    this.#ids[row] = event.eventId;
    for (let column = 0; column < TEXT_COLUMNS.length; column += 1) {
      const texts = this.#texts[column];
      if (texts !== undefined) texts[row] = TEXT_COLUMNS[column]?.text(event, facts) ?? '';
    }
  }

  /** The rows as a DuckDB chunk; this one is empty afterwards. */
  take(): DuckDBDataChunk {
    const chunk = DuckDBDataChunk.create(CHUNK_TYPES, this.#rows);
    FIXED_COLUMNS.forEach((column, index) => {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
      duckdb.copy_data_to_vector(vector, 0, this.#scratch, 0, this.#lay(column));
    });
    for (let column = 0; column < TEXT_COLUMNS.length; column += 1) {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, FIXED_COLUMNS.length + column);
      this.#writeText(vector, this.#texts[column] ?? []);
    }
    this.#rows = 0;
    return chunk;
  }

  #numbers(name: Exclude<FixedName, 'event_id'>): Float64Array {
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

  /** Lays a fixed column out in the scratch buffer; returns its bytes. */
  #lay(column: FixedColumn): number {
    const rows = this.#rows;
    if (column.name === 'event_id') {
      for (let row = 0; row < rows; row += 1) layUuid(this.#words, row * 4, this.#ids[row] ?? '');
      return rows * 16;
    }
    const values = this.#numbers(column.name);
    switch (column.type) {
      case 'BIGINT':
        for (let row = 0; row < rows; row += 1) layBigint(this.#words, row * 2, values[row] ?? 0);
        return rows * 8;
      case 'INTEGER':
        for (let row = 0; row < rows; row += 1) this.#words[row] = values[row] ?? 0;
        return rows * 4;
      case 'SMALLINT': {
        const shorts = new Int16Array(this.#scratch);
        for (let row = 0; row < rows; row += 1) shorts[row] = values[row] ?? 0;
        return rows * 2;
      }
      case 'BOOLEAN':
        for (let row = 0; row < rows; row += 1) this.#bytes[row] = values[row] ?? 0;
        return rows;
    }
  }

  #writeText(vector: duckdb.Vector, texts: readonly string[]): void {
    const rows = this.#rows;
    const long: number[] = [];
    this.#words.fill(0, 0, rows * WORDS_PER_STRING);
    for (let row = 0; row < rows; row += 1) {
      const text = texts[row] ?? '';
      if (text === '') continue;
      if (!layInline(this.#words, this.#bytes, row, text)) long.push(row);
    }
    duckdb.copy_data_to_vector(vector, 0, this.#scratch, 0, rows * 16);
    for (const row of long) duckdb.vector_assign_string_element(vector, row, texts[row] ?? '');
  }
}

/** Writes a short ASCII text as an inline `duckdb_string_t`: length, then the bytes. False when it does not fit. */
function layInline(words: Int32Array, bytes: Uint8Array, row: number, text: string): boolean {
  const length = text.length;
  if (length > INLINE_BYTES_MAX) return false;
  const start = row * 16 + 4;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 127) {
      words.fill(0, row * WORDS_PER_STRING, (row + 1) * WORDS_PER_STRING);
      return false;
    }
    bytes[start + index] = code;
  }
  words[row * WORDS_PER_STRING] = length;
  return true;
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
