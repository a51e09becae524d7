import { assert } from '@tocsin/kernel/assert.ts';
import { Bucket } from './bucket.ts';
import type { Rates } from './rates.ts';

/**
 * Buckets of many subjects, at most a fixed number. There are two generations: when the young one has half of the
 * allowed number, the old one is dropped and the young one becomes old; whoever is seen again moves to the young one.
 * So what is dropped was not seen for at least half the allowed number of other subjects.
 *
 * Whoever is dropped starts anew with full buckets. That gives something away only when its buckets were not full,
 * which {@link BucketTable.evicted} counts; a table that is too small for its callers shows there.
 */
export class BucketTable<Name extends string> {
  readonly #half: number;
  #young = new Map<string, Bucket<Name>>();
  #old = new Map<string, Bucket<Name>>();
  /** Subjects dropped though their buckets were not full. */
  evicted = 0;

  /** @param bucketsMax - most subjects remembered at once, at least 2 */
  constructor(bucketsMax: number) {
    assert(bucketsMax >= 2, 'a table of buckets has room for two');
    this.#half = Math.floor(bucketsMax / 2);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The buckets of a subject, at this time and with these rates. Do not keep them: ask again each time. */
  open(subject: string, rates: Rates<Name>, nowMs: number): Bucket<Name> {
    const young = this.#young.get(subject);
    if (young !== undefined) {
      young.refill(rates, nowMs);
      return young;
    }
    const known = this.#old.get(subject);
    if (known !== undefined) this.#old.delete(subject);
    if (this.#young.size >= this.#half) this.#rotate(nowMs);
    const bucket = known ?? new Bucket(rates, nowMs);
    bucket.refill(rates, nowMs);
    this.#young.set(subject, bucket);
    return bucket;
  }

  /** The buckets of a subject only if it is known, as they were left. */
  peek(subject: string): Bucket<Name> | undefined {
    return this.#young.get(subject) ?? this.#old.get(subject);
  }

  #rotate(nowMs: number): void {
    for (const bucket of this.#old.values()) if (!bucket.isFullAt(nowMs)) this.evicted += 1;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
