import { assert } from '@tocsin/kernel/assert.ts';

/** How much a bucket lets pass: a mean per second, and how much at once. Both above 0. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Rates by name, in the form buckets work with. Make it once for each set of limits and keep it. */
export class Rates<Name extends string> {
  readonly names: readonly Name[];
  readonly perMs: Float64Array;
  readonly bursts: Float64Array;

  constructor(rates: Readonly<Record<Name, Rate>>) {
    this.names = Object.keys(rates) as Name[];
    const all = this.names.map((name) => rates[name]);
    assert(
      all.every(({ perSecond, burst }) => perSecond > 0 && burst > 0),
      'rates and bursts are above 0',
    );
    this.perMs = Float64Array.from(all, ({ perSecond }) => perSecond / 1000);
    this.bursts = Float64Array.from(all, ({ burst }) => burst);
  }

  indexOf(name: Name): number {
    return this.names.indexOf(name);
  }

  /** Seconds in which a bucket of that name fills up from empty, at least 1. */
  windowSeconds(name: Name): number {
    const index = this.indexOf(name);
    const ms = (this.bursts[index] ?? 0) / (this.perMs[index] ?? 1);
    return Math.max(1, Math.round(ms / 1000));
  }

  burst(name: Name): number {
    return this.bursts[this.indexOf(name)] ?? 0;
  }
}
