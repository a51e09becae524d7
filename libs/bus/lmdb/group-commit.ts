import { Problem } from '@tocsin/kernel/problem.ts';
import type { FatalLatch } from './fatal-latch.ts';

interface Waiting<Op> {
  readonly op: Op;
  readonly weight: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Largest sum of weights (bytes) in one commit, unless a single operation is larger. */
const COMMIT_WEIGHT_MAX = 32 * 1024 * 1024;

/**
 * Collects operations while a commit is under way and puts all of them into the next one.
 * One commit at a time, in the order of `add`. A failed commit trips the latch: there is no second try.
 */
export class GroupCommit<Op> {
  readonly #latch: FatalLatch;
  readonly #commit: (ops: readonly Op[]) => Promise<void>;
  #waiting: Waiting<Op>[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  /** @param commit makes the operations durable, all or none; whatever it throws ends the bus */
  constructor(latch: FatalLatch, commit: (ops: readonly Op[]) => Promise<void>) {
    this.#latch = latch;
    this.#commit = commit;
  }

  /**
   * Resolves when the operation is durable.
   *
   * @throws Problem `unavailable` after `close` or a failed commit
   */
  add(op: Op, weight: number): Promise<void> {
    if (this.#closed) return Promise.reject(closedProblem());
    const promise = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ op, weight, resolve, reject });
    });
    this.#running ??= this.#run();
    return promise;
  }

  /** Takes nothing more; resolves when nothing waits any more. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // One turn of the event loop: publishers woken by the same input share the first commit too.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        this.#latch.check();
        await this.#commit(batch.map(({ op }) => op));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#latch.trip(error);
        for (const { reject } of batch) reject(this.#refusal());
      }
    }
    this.#running = undefined;
  }

  #takeBatch(): Waiting<Op>[] {
    let weight = 0;
    let length = 0;
    for (const { weight: next } of this.#waiting) {
      if (length > 0 && weight + next > COMMIT_WEIGHT_MAX) break;
      weight += next;
      length += 1;
    }
    return this.#waiting.splice(0, length);
  }

  #refusal(): unknown {
    try {
      this.#latch.check();
    } catch (error) {
      return error;
    }
    return undefined;
  }
}

function closedProblem(): Problem {
  return new Problem('unavailable', { detail: 'the bus is closed' });
}
