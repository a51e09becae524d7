import type { Rates } from './rates.ts';

/** A bucket that owes more than this many seconds of its rate owes no more: one burst never locks out for long. */
export const DEBT_SECONDS_MAX = 60;

/**
 * Token buckets of one subject (a tenant, a key, an address), one for each name of its {@link Rates}.
 *
 * A bucket lets pass what finds enough tokens, or is full; what passes is paid in tokens that come back at the rate.
 * So something larger than the burst passes too, when nothing else did lately, and is paid back afterwards: what
 * something costs may be known only when it has been done. A debt is at most {@link DEBT_SECONDS_MAX} of the rate.
 * Time is an argument in milliseconds; one that goes backward is taken for no time at all.
 */
export class Bucket<Name extends string> {
  #rates: Rates<Name>;
  #at: number;
  readonly #tokens: Float64Array;

  /** Full buckets. */
  constructor(rates: Rates<Name>, nowMs: number) {
    this.#rates = rates;
    this.#at = nowMs;
    this.#tokens = Float64Array.from(rates.bursts);
  }

  /** Brings the buckets to a time and to the rates that hold from now on. Tokens beyond a smaller burst are lost. */
  refill(rates: Rates<Name>, nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#at);
    this.#at += elapsedMs;
    const tokens = this.#tokens;
    for (let index = 0; index < tokens.length; index += 1) {
      const grown = (tokens[index] ?? 0) + elapsedMs * (this.#rates.perMs[index] ?? 0);
      tokens[index] = Math.min(rates.bursts[index] ?? 0, grown);
    }
    this.#rates = rates;
  }

  /** Milliseconds until a cost may pass; 0 when it may now. */
  waitMs(name: Name, cost: number): number {
    const index = this.#rates.indexOf(name);
    const needed = Math.min(cost, this.#rates.bursts[index] ?? 0);
    const missing = needed - (this.#tokens[index] ?? 0);
    return missing <= 0 ? 0 : missing / (this.#rates.perMs[index] ?? 1);
  }

  /** Pays for something, whether or not there are tokens for it. */
  pay(name: Name, cost: number): void {
    const index = this.#rates.indexOf(name);
    const least = -DEBT_SECONDS_MAX * 1000 * (this.#rates.perMs[index] ?? 0);
    this.#tokens[index] = Math.max(least, (this.#tokens[index] ?? 0) - cost);
  }

  /** Whole tokens there are; 0 when it owes some. */
  remaining(name: Name): number {
    return Math.max(0, Math.floor(this.#tokens[this.#rates.indexOf(name)] ?? 0));
  }

  /** Milliseconds until the bucket is full. */
  fullAfterMs(name: Name): number {
    const index = this.#rates.indexOf(name);
    const missing = (this.#rates.bursts[index] ?? 0) - (this.#tokens[index] ?? 0);
    return missing / (this.#rates.perMs[index] ?? 1);
  }

  /** Whether every bucket is full at a time: then forgetting it changes nothing. */
  isFullAt(nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - this.#at);
    return this.#tokens.every(
      (tokens, index) =>
        tokens + elapsedMs * (this.#rates.perMs[index] ?? 0) >= (this.#rates.bursts[index] ?? 0),
    );
  }
}
