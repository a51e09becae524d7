import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { CancelTimer, Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';

/** Reading connections, at most: so many searches run at once, the others wait in line. */
export const READERS_MAX = 4;
/** A search is interrupted after this long unless it states its own deadline. */
export const DEADLINE_MS_DEFAULT = 10_000;

const INTERRUPT_AGAIN_MS = 20;

/** Lends connections for reading, and interrupts what runs past its deadline. */
export class ReaderPool {
  readonly #instance: DuckDBInstance;
  readonly #clock: Clock;
  readonly #free: DuckDBConnection[] = [];
  readonly #waiting: ((connection: DuckDBConnection) => void)[] = [];
  #opened = 0;

  constructor(instance: DuckDBInstance, clock: Clock) {
    this.#instance = instance;
    this.#clock = clock;
  }

  /**
   * Runs `work` on a connection of its own.
   *
   * @throws Problem `deadline_exceeded` when it takes longer than `deadlineMs`
   */
  async read<Result>(
    deadlineMs: number,
    work: (connection: DuckDBConnection) => Promise<Result>,
  ): Promise<Result> {
    const connection = await this.#take();
    let expired = false;
    let cancel: CancelTimer;
    // Again and again: an interrupt between two statements of the work would be lost.
    const interrupt = (): void => {
      expired = true;
      connection.interrupt();
      cancel = this.#clock.after(INTERRUPT_AGAIN_MS, interrupt);
    };
    cancel = this.#clock.after(deadlineMs, interrupt);
    try {
      return await work(connection);
    } catch (error) {
      if (!expired) throw error;
      throw new Problem('deadline_exceeded', {
        detail: `the search took longer than ${deadlineMs} ms: narrow the time range or the query`,
        cause: error,
      });
    } finally {
      cancel();
      this.#give(connection);
    }
  }

  close(): void {
    for (const connection of this.#free) connection.closeSync();
  }

  async #take(): Promise<DuckDBConnection> {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#opened < READERS_MAX) {
      this.#opened += 1;
      return this.#instance.connect();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(connection: DuckDBConnection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(connection);
    else next(connection);
  }
}
