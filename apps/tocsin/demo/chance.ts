import { assert } from '@tocsin/kernel/assert.ts';
import { type Random, seededRandom } from '@tocsin/kernel/random.ts';

/** Repeatable choices for the sample data. */
export class Chance {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.#random.fraction() * (high - low + 1));
  }

  /** True with the given probability. */
  happens(probability: number): boolean {
    return this.#random.fraction() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)];
    assert(item !== undefined, 'there is something to pick from');
    return item;
  }

  /** Random lower-case hexadecimal digits. */
  hex(length: number): string {
    return Array.from({ length }, () => this.between(0, 15).toString(16)).join('');
  }

  /** Letters and digits as Zeek's connection ids have them. */
  word(length: number): string {
    const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
    return Array.from({ length }, () => this.pick([...letters])).join('');
  }
}
