import type { CancelTimer, Clock } from './clock.ts';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock for tests and simulation: time moves only by {@link ManualClock.advance}. */
export class ManualClock implements Clock {
  #now: number;
  readonly #start: number;
  #timers: Timer[] = [];

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
    this.#start = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  after(delayMs: number, run: () => void): CancelTimer {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Number of timers that wait. A finished test leaves none behind. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Moves time forward and runs due timers in order; lets promises settle after each. */
  async advance(byMs: number): Promise<void> {
    const until = this.#now + byMs;
    for (let due = this.#nextDue(until); due !== undefined; due = this.#nextDue(until)) {
      this.#now = Math.max(this.#now, due.at);
      const fired = due;
      this.#timers = this.#timers.filter((other) => other !== fired);
      due.run();
      await settle();
    }
    this.#now = until;
    await settle();
  }

  #nextDue(until: number): Timer | undefined {
    return this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
  }
}

/** Lets all promise callbacks that are ready run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}
