import type { Generation } from './generation.ts';

/**
 * Generations of a topic that stay mapped beside the newest: where a reader stands that fell behind, and one more for
 * readers at different places. Bounds what the bus keeps mapped to three generations a topic, however much is kept.
 */
export const OLD_GENERATIONS_OPEN_MAX = 2;

/** Lets generations rest that were not looked at lately; what is asked of them later opens them again. */
export class OpenGenerations {
  /** Used last first. */
  readonly #used: Generation[] = [];

  /** Notes that a generation is looked at which is not the newest, or no longer. */
  use(generation: Generation): void {
    if (this.#used[0] === generation) return;
    this.forget(generation);
    this.#used.unshift(generation);
    while (this.#used.length > OLD_GENERATIONS_OPEN_MAX) this.#used.pop()?.rest();
  }

  /** Forgets a generation that is closed for good. */
  forget(generation: Generation): void {
    const at = this.#used.indexOf(generation);
    if (at >= 0) this.#used.splice(at, 1);
  }
}
