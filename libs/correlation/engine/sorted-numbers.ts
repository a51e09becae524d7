/** Numbers in order, with repeats: a median or percentile is one look. Adding moves what is greater. */
export class SortedNumbers {
  readonly #sorted: number[] = [];

  add(value: number): void {
    const place = this.#placeOf(value);
    if (place === this.#sorted.length) this.#sorted.push(value);
    else this.#sorted.splice(place, 0, value);
  }

  remove(value: number): void {
    this.#sorted.splice(this.#placeOf(value), 1);
  }

  /** The value at the nearest rank of a percentage: ceil(percent / 100 * n), counted from 1. */
  percentile(percent: number): number | undefined {
    const rank = Math.max(1, Math.ceil((percent * this.#sorted.length) / 100));
    return this.#sorted[rank - 1];
  }

  /** The middle value; of an even number the mean of the two in the middle. */
  median(): number | undefined {
    const { length } = this.#sorted;
    const upper = this.#sorted[Math.floor(length / 2)];
    const lower = this.#sorted[Math.floor((length - 1) / 2)];
    return upper === undefined || lower === undefined ? undefined : lower / 2 + upper / 2;
  }

  clear(): void {
    this.#sorted.length = 0;
  }

  #placeOf(value: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
