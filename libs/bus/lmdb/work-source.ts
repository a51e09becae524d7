import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Supply } from './fair-queue.ts';
import type { Source } from './source.ts';

/** Items of one source that may be leased, waiting for a retry, or done out of order, at once. */
export const WORK_WINDOW_MAX = 4096;

/** Where an item beyond the cursor stands; one that was never given out has no state. */
export interface WorkState {
  kind: 'leased' | 'retry' | 'done';
  /** Deliveries so far. */
  attempt: number;
  /** Milliseconds since 1970: end of the lease, or when the retry is due. */
  at: number;
}

/** An item that may be given out now. */
export interface WorkCandidate {
  readonly source: WorkSource;
  readonly seq: number;
  readonly bytes: number;
}

/** One tenant's sequence of items: gives out those that are due, remembers those that are not done. */
export class WorkSource implements Supply<WorkCandidate> {
  readonly source: Source;
  readonly tenantId: TenantId;
  readonly states = new Map<number, WorkState>();
  /** Items whose lease or end is being made durable: neither given out nor ended, whatever the time says. */
  readonly settling = new Set<number>();
  /** All at or below it are done. */
  floor: number;
  readonly #bytesOf: (seq: number) => number;
  /** Items to be given out again. */
  #due: number[] = [];
  #fresh: number;

  constructor(source: Source, floor: number, bytesOf: (seq: number) => number) {
    this.source = source;
    this.tenantId = source.tenantId;
    this.floor = Math.max(floor, source.oldest - 1);
    this.#bytesOf = bytesOf;
    this.#fresh = this.floor + 1;
  }

  /** Takes over what is on disk of an item. What the cursor has passed is done, whatever a record says. */
  restore(seq: number, state: WorkState): void {
    if (seq > this.floor) this.states.set(seq, state);
  }

  get doneCount(): number {
    let count = 0;
    for (const { kind } of this.states.values()) if (kind === 'done') count += 1;
    return count;
  }

  attemptsOf(seq: number): number {
    return this.states.get(seq)?.attempt ?? 0;
  }

  /** Makes items available whose retry is due or whose lease ran out. True when there are any. */
  collectDue(now: number): boolean {
    // Whoever came due before and was not taken may be done by now.
    this.#due = [];
    if (this.states.size === 0) return false;
    for (const [seq, { kind, at }] of this.states) {
      if (kind !== 'done' && at <= now && !this.settling.has(seq)) this.#due.push(seq);
    }
    return this.#due.length > 0;
  }

  /** When an item comes due by itself, in milliseconds since 1970. */
  nextDueAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { kind, at } of this.states.values()) {
      if (kind !== 'done') next = Math.min(next, at);
    }
    return next;
  }

  peek(): WorkCandidate | undefined {
    const seq = this.#due[0] ?? this.#nextFresh();
    return seq === undefined ? undefined : { source: this, seq, bytes: this.#bytesOf(seq) };
  }

  take(): void {
    if (this.#due.shift() === undefined) this.#fresh += 1;
  }

  /** Raises the floor over items that are done, and forgets them. */
  passDone(): number[] {
    const passed: number[] = [];
    while (this.states.get(this.floor + 1)?.kind === 'done') {
      this.floor += 1;
      this.states.delete(this.floor);
      passed.push(this.floor);
    }
    return passed;
  }

  #nextFresh(): number | undefined {
    // Items that a former process gave out are done without ever being fresh here, and forgotten then.
    this.#fresh = Math.max(this.#fresh, this.floor + 1);
    while (this.states.has(this.#fresh)) this.#fresh += 1;
    if (this.#fresh > this.source.head) return undefined;
    return this.#fresh - this.floor <= WORK_WINDOW_MAX ? this.#fresh : undefined;
  }
}
