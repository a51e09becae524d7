import { Problem } from '@tocsin/kernel/problem.ts';
import { FairQueue, type Supply } from './fair-queue.ts';
import type { FatalLatch } from './fatal-latch.ts';

interface Waiting<Op> {
  readonly op: Op;
  readonly weight: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Largest sum of weights (bytes) in one commit, unless a single operation is larger. Everyone in a commit waits for
 * all of it, so it is a fraction of a second of the disk.
 */
const COMMIT_WEIGHT_MAX = 8 * 1024 * 1024;

/** Operations of one tenant, in order. */
class Lane<Op> implements Supply<Waiting<Op>> {
  readonly tenantId: string;
  readonly waiting: Waiting<Op>[] = [];

  constructor(tenantId: string) {
    this.tenantId = tenantId;
  }

  peek(): Waiting<Op> | undefined {
    return this.waiting[0];
  }

  take(): void {
    this.waiting.shift();
  }
}

/**
 * Collects operations while a commit is under way and puts them into the next one; when they are too many for it,
 * tenants have fair turns, so that what little one has does not wait behind the flood of another. One commit at a
 * time, for each tenant in the order of `add`. A failed commit trips the latch: there is no second try.
 */
export class GroupCommit<Op> {
  readonly #latch: FatalLatch;
  readonly #commit: (ops: readonly Op[]) => Promise<void>;
  readonly #queue = new FairQueue<Waiting<Op>>(({ weight }) => weight);
  readonly #lanes = new Map<string, Lane<Op>>();
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
   * @param tenantId - whose it is; empty when it is of several or of none
   * @throws Problem `outcome_unknown` when its commit failed, `unavailable` after `close` or an earlier failed commit
   */
  add(op: Op, weight: number, tenantId = ''): Promise<void> {
    if (this.#closed) return Promise.reject(closedProblem());
    const promise = new Promise<void>((resolve, reject) => {
      const lane = this.#laneOf(tenantId);
      lane.waiting.push({ op, weight, resolve, reject });
      this.#queue.wake(lane);
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
    while (!this.#queue.isEmpty) {
      const batch = this.#takeBatch();
      if (batch.length === 0) break;
      if (this.#latch.tripped) {
        const refusal = this.#refusal();
        for (const { reject } of batch) reject(refusal);
        continue;
      }
      try {
        await this.#commit(batch.map(({ op }) => op));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#latch.trip(error);
        for (const { reject } of batch) reject(unknownOutcome(error));
      }
    }
    this.#running = undefined;
  }

  #laneOf(tenantId: string): Lane<Op> {
    const known = this.#lanes.get(tenantId);
    if (known !== undefined) return known;
    const lane = new Lane<Op>(tenantId);
    this.#lanes.set(tenantId, lane);
    return lane;
  }

  #takeBatch(): Waiting<Op>[] {
    const batch = this.#queue.take(COMMIT_WEIGHT_MAX);
    for (const lane of this.#lanes.values())
      if (lane.waiting.length === 0) this.#lanes.delete(lane.tenantId);
    return batch;
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

/** What a failed fsync covered may be on disk or not. */
function unknownOutcome(cause: unknown): Problem {
  return new Problem('outcome_unknown', {
    detail: 'the write failed and may be on disk: the process restarts and reads what is there',
    cause,
  });
}

/** What comes after `close`. */
export function closedProblem(): Problem {
  return new Problem('unavailable', { detail: 'the bus is closed' });
}
