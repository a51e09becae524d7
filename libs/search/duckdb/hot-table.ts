import type { DuckDBAppender, DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { EventChunk } from './event-chunk.ts';
import { columnDefinitions, type RowFacts } from './event-columns.ts';
import type { FrameRecord } from './frame-record.ts';

/** Event times and number of rows of one tenant. */
export interface TenantSpan {
  from: number;
  to: number;
  rows: number;
}

/**
 * The rows of one roll while they are in memory only: searchable, and lost in a crash (the bus replays them).
 *
 * Each has a connection of its own: a statement on the connection of an appender ends what the appender is writing
 * at that moment, and the table before this one is dropped whenever its last reader ends.
 */
export class HotTable {
  readonly roll: number;
  readonly name: string;
  readonly frames: FrameRecord[] = [];
  readonly spans = new Map<string, TenantSpan>();
  readonly applied = new Map<string, number>();
  readonly #connection: DuckDBConnection;
  readonly #appender: DuckDBAppender;
  readonly #chunk: EventChunk;
  #rows = 0;
  #readers = 0;
  #retired = false;
  #sealed = false;

  private constructor(
    connection: DuckDBConnection,
    appender: DuckDBAppender,
    roll: number,
    chunk: EventChunk,
  ) {
    this.#connection = connection;
    this.#appender = appender;
    this.#chunk = chunk;
    this.roll = roll;
    this.name = `memory.main.hot_${roll}`;
  }

  static async create(
    instance: DuckDBInstance,
    roll: number,
    chunk: EventChunk,
  ): Promise<HotTable> {
    const connection = await instance.connect();
    await connection.run(`create table memory.main.hot_${roll}(${columnDefinitions('memory')})`);
    return new HotTable(connection, await connection.createAppender(`hot_${roll}`), roll, chunk);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds a row; searchable after {@link HotTable.publish}. */
  push(event: NormalizedEvent, facts: RowFacts): void {
    this.#chunk.push(event, facts, this.roll);
    this.#rows += 1;
    const span = this.spans.get(facts.tenantId);
    if (span === undefined) {
      this.spans.set(facts.tenantId, { from: event.timestamp, to: event.timestamp, rows: 1 });
    } else {
      if (event.timestamp < span.from) span.from = event.timestamp;
      if (event.timestamp > span.to) span.to = event.timestamp;
      span.rows += 1;
    }
    if (this.#chunk.full) this.#appender.appendDataChunk(this.#chunk.take());
  }

  /**
   * Makes all pushed rows searchable: called when someone reads. Until then rows stay in the appender, because
   * publishing in small steps costs six times as much as once per roll (measured), and most rows are never asked for
   * while they are hot.
   */
  publish(): void {
    if (this.#sealed) return;
    if (this.#chunk.rows > 0) this.#appender.appendDataChunk(this.#chunk.take());
    this.#appender.flushSync();
  }

  /** Publishes the last rows and takes no more. */
  seal(): void {
    this.publish();
    this.#sealed = true;
    this.#appender.closeSync();
  }

  /** Keeps the table until the returned function is called: a query reads it. */
  hold(): () => Promise<void> {
    this.#readers += 1;
    return async () => {
      this.#readers -= 1;
      await this.#dropWhenFree();
    };
  }

  /** The rows are in a file now: the table goes as soon as no query reads it. */
  async retire(): Promise<void> {
    this.#retired = true;
    await this.#dropWhenFree();
  }

  /** Lets go of the connection of a sealed table, with rows that no file took: for a store that closes. */
  closeSync(): void {
    this.#connection.closeSync();
  }

  async #dropWhenFree(): Promise<void> {
    if (!this.#retired || this.#readers > 0) return;
    this.#retired = false;
    await this.#connection.run(`drop table ${this.name}`);
    this.#connection.closeSync();
  }
}
