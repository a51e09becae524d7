import { assert } from '@tocsin/kernel/assert.ts';

/**
 * Room that several subjects share, none of which may take all of it: what a subject holds is at most a multiple of
 * what is still free (dynamic thresholds, Choudhury and Hahne 1998). One alone gets `factor / (factor + 1)` of the
 * room, and the more others want some, the less each may hold; nothing has to be set for each. Whoever holds nothing
 * gets whatever is free.
 */
export class FairShare {
  readonly #max: number;
  readonly #factor: number;
  readonly #held = new Map<string, number>();
  #total = 0;

  /** @param factor - how much one may hold for each part that is free, above 0 */
  constructor(max: number, factor: number) {
    assert(max > 0 && factor > 0, 'there is room, and a share of it');
    this.#max = max;
    this.#factor = factor;
  }

  get total(): number {
    return this.#total;
  }

  heldBy(subject: string): number {
    return this.#held.get(subject) ?? 0;
  }

  /** Takes room and says so, or takes nothing. What was taken is given back by {@link FairShare.giveBack}. */
  take(subject: string, amount: number): boolean {
    const free = this.#max - this.#total - amount;
    const held = this.heldBy(subject);
    if (free < 0) return false;
    if (held > 0 && held + amount > this.#factor * free) return false;
    this.#held.set(subject, held + amount);
    this.#total += amount;
    return true;
  }

  giveBack(subject: string, amount: number): void {
    const held = this.heldBy(subject) - amount;
    assert(held >= 0, 'only what was taken is given back');
    if (held === 0) this.#held.delete(subject);
    else this.#held.set(subject, held);
    this.#total -= amount;
  }
}
