import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { CancelTimer, Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';

/** Reading connections, at most: so many searches run at once, the others wait in line. */
export const READERS_MAX = 4;
/** A search is interrupted after this long unless it states its own deadline. */
export const DEADLINE_MS_DEFAULT = 10_000;

const INTERRUPT_AGAIN_MS = 20;

type Stop = 'deadline' | 'close';

/** Lends connections for reading, and interrupts what runs past its deadline. */
export class ReaderPool {
  readonly #instance: DuckDBInstance;
  readonly #clock: Clock;
  readonly #free: DuckDBConnection[] = [];
  readonly #waiting: PromiseWithResolvers<DuckDBConnection>[] = [];
  /** Stops each reader that has a connection. */
  readonly #running = new Set<(why: Stop) => void>();
  #opened = 0;
  #closed = false;
  #drained: () => void = () => undefined;

  constructor(instance: DuckDBInstance, clock: Clock) {
    this.#instance = instance;
    this.#clock = clock;
  }

  /**
   * Runs `work` on a connection of its own.
   *
   * @throws Problem `deadline_exceeded` when it takes longer than `deadlineMs`; `unavailable` after `close`
   */
  async read<Result>(
    deadlineMs: number,
    work: (connection: DuckDBConnection) => Promise<Result>,
  ): Promise<Result> {
    const connection = await this.#take();
    if (this.#closed) {
      connection.closeSync();
      throw closedProblem();
    }
    let stopped: Stop | undefined;
    let cancel: CancelTimer = () => undefined;
    // Again and again: an interrupt between two statements of the work would be lost.
    const stop = (why: Stop): void => {
      stopped ??= why;
      cancel();
      connection.interrupt();
      cancel = this.#clock.after(INTERRUPT_AGAIN_MS, () => stop(why));
    };
    cancel = this.#clock.after(deadlineMs, () => stop('deadline'));
    this.#running.add(stop);
    try {
      return await work(connection);
    } catch (error) {
      if (stopped === 'deadline') throw lateProblem(deadlineMs, error);
      throw stopped === 'close' ? closedProblem() : error;
    } finally {
      cancel();
      this.#running.delete(stop);
      this.#give(connection);
    }
  }

  /** Interrupts who reads and waits for them: the files are let go of only when nobody has a connection. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closedProblem());
    for (const stop of this.#running) stop('close');
    if (this.#running.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    for (const connection of this.#free.splice(0)) connection.closeSync();
  }

  async #take(): Promise<DuckDBConnection> {
    if (this.#closed) throw closedProblem();
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#opened >= READERS_MAX) {
      const waiting = Promise.withResolvers<DuckDBConnection>();
      this.#waiting.push(waiting);
      return waiting.promise;
    }
    this.#opened += 1;
    return this.#instance.connect();
  }

  #give(connection: DuckDBConnection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(connection);
    else next.resolve(connection);
    if (this.#running.size === 0) this.#drained();
  }
}

function lateProblem(deadlineMs: number, cause: unknown): Problem {
  return new Problem('deadline_exceeded', {
    detail: `the search took longer than ${deadlineMs} ms: narrow the time range or the query`,
    cause,
  });
}

function closedProblem(): Problem {
  return new Problem('unavailable', { detail: 'the event store is closed' });
}
