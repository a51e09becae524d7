import type { CancelTimer, Clock } from '@tocsin/kernel/clock.ts';
import { type Random, seededRandom } from '@tocsin/kernel/random.ts';

/** Turns of the event loop that the product's code may take between two steps: some of it waits for the next one. */
const TURNS = 6;

/** A process: what it began ends with it. */
export class Life {
  readonly name: string;
  alive = true;
  readonly #ended: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Calls when it ends, for those who talk to it. */
  onEnd(run: () => void): void {
    this.#ended.push(run);
  }

  end(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const run of this.#ended.splice(0)) run();
  }
}

/** A call to disk, bus or database on its way. */
interface Call {
  readonly life: Life;
  readonly name: string;
  readonly effect: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Timer {
  readonly life: Life;
  readonly at: number;
  readonly number: number;
  readonly run: () => void;
}

/** How much of what a seed does is chance: each seed has its own, so that rare mixtures come up. */
export interface Odds {
  /** Of a call that fails instead of taking effect. */
  readonly diskFails: number;
  readonly databaseFails: number;
  /** Of a commit of the database whose answer is lost. */
  readonly answerLost: number;
}

/**
 * One machine under a seed: time, chance, and every call that leaves the product's code. A call takes effect, and its
 * caller goes on, only when it is chosen; so any order of completions and an end at any await can come up, and does
 * again with the same seed.
 */
export class Machine {
  readonly random: Random;
  /** Off while the machine heals: then nothing fails by chance. */
  hostile = true;
  /** A kind of call that takes its time, so that the others are ahead of it when something happens. */
  slow = '';
  odds: Odds = { diskFails: 0, databaseFails: 0, answerLost: 0 };
  steps = 0;
  /** A number that two runs share only if they did the same in the same order. */
  trace = 0;
  #elapsed = 0;
  #skew = 0;
  readonly #start: number;
  #calls: Call[] = [];
  #timers: Timer[] = [];
  #numbers = 0;

  constructor(seed: number, start: number) {
    this.random = seededRandom(seed);
    this.#start = start;
  }

  chance(part: number): boolean {
    return this.random.fraction() < part;
  }

  below(limit: number): number {
    return Math.floor(this.random.fraction() * limit);
  }

  get now(): number {
    return this.#start + this.#elapsed + this.#skew;
  }

  get elapsed(): number {
    return this.#elapsed;
  }

  /** The wall clock is set; durations do not notice. */
  jump(byMs: number): void {
    this.#skew += byMs;
  }

  clockOf(life: Life): Clock {
    return {
      now: () => this.now,
      monotonic: () => this.#elapsed,
      after: (delayMs, run) => this.#after(life, delayMs, run),
    };
  }

  sleep(life: Life, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#after(life, delayMs, resolve);
    });
  }

  /** A call that leaves the process. Of one that has ended nothing happens any more. */
  call<Value>(life: Life, name: string, effect: () => Value): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (!life.alive) return;
      this.#calls.push({
        life,
        name,
        effect,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
    });
  }

  /** Ends a process by `kill -9`: what it had under way took effect or did not. */
  kill(life: Life): void {
    const own = this.#calls.filter((call) => call.life === life);
    this.#calls = this.#calls.filter((call) => call.life !== life);
    this.#timers = this.#timers.filter((timer) => timer.life !== life);
    life.end();
    for (const { effect } of own) {
      if (!this.chance(0.5)) continue;
      try {
        effect();
      } catch {
        // The call would have failed; nobody is left to hear it.
      }
    }
  }

  /** Does one thing of those that are possible. False when there is none. */
  async step(): Promise<boolean> {
    this.steps += 1;
    const call = this.#choose();
    if (call !== undefined && (this.#timers.length === 0 || !this.chance(0.1)))
      this.#complete(call);
    else if (!this.#fireNext()) return false;
    await this.settle();
    return true;
  }

  /** Any of the calls under way; one of the slow kind only when it has waited for long, or alone. */
  #choose(): Call | undefined {
    const choice = this.#calls[this.below(this.#calls.length)];
    if (choice?.name !== this.slow || this.chance(0.1)) return choice;
    const others = this.#calls.filter(({ name }) => name !== this.slow);
    return others[this.below(others.length)] ?? (this.chance(0.2) ? choice : undefined);
  }

  /** Says whether such a call is on its way. */
  isUnderWay(name: string): boolean {
    return this.#calls.some((call) => call.name === name);
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
  }

  /** Names of calls under way, for who looks why nothing moves. */
  get waiting(): string {
    const timers = this.#timers.map(({ life, at }) => `${life.name}+${at - this.#elapsed}`);
    return `${this.#calls.map(({ name, life }) => `${life.name}:${name}`)} timers ${timers}`;
  }

  #complete(call: Call): void {
    this.#calls = this.#calls.filter((other) => other !== call);
    this.#note(call.name);
    try {
      call.resolve(call.effect());
    } catch (error) {
      call.reject(error);
    }
  }

  #fireNext(): boolean {
    const next = this.#timers.reduce<Timer | undefined>(
      (first, timer) =>
        first === undefined ||
        timer.at < first.at ||
        (timer.at === first.at && timer.number < first.number)
          ? timer
          : first,
      undefined,
    );
    if (next === undefined) return false;
    this.#timers = this.#timers.filter((other) => other !== next);
    this.#elapsed = Math.max(this.#elapsed, next.at);
    this.#note(next.life.name);
    next.run();
    return true;
  }

  #after(life: Life, delayMs: number, run: () => void): CancelTimer {
    if (!life.alive) return () => undefined;
    const timer = { life, at: this.#elapsed + delayMs, number: this.#numbers++, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  #note(what: string): void {
    for (let at = 0; at < what.length; at += 1)
      this.trace = (Math.imul(this.trace, 31) + what.charCodeAt(at)) | 0;
    this.trace = (Math.imul(this.trace, 31) + this.#elapsed) | 0;
  }
}
