/** Most places in a line that are remembered. */
export const FOUND_MAX = 256;

/** Where in a line literals were found. */
export class FoundPlaces {
  readonly places = new Int32Array(FOUND_MAX);
  readonly entries = new Int32Array(FOUND_MAX);
  /** How many there were; those past {@link FOUND_MAX} are not kept. */
  count = 0;
  /** The next that was not taken yet. */
  next = 0;

  clear(): void {
    this.count = 0;
    this.next = 0;
  }

  add(entry: number, place: number): void {
    if (this.count < FOUND_MAX) {
      this.places[this.count] = place;
      this.entries[this.count] = entry;
    }
    this.count += 1;
  }

  /** Puts them in the order of their places. They are few. */
  sort(): void {
    const { places, entries } = this;
    const kept = Math.min(this.count, FOUND_MAX);
    for (let sorted = 1; sorted < kept; sorted += 1) {
      const place = places[sorted] as number;
      const entry = entries[sorted] as number;
      let at = sorted;
      for (; at > 0 && (places[at - 1] as number) > place; at -= 1) {
        places[at] = places[at - 1] as number;
        entries[at] = entries[at - 1] as number;
      }
      places[at] = place;
      entries[at] = entry;
    }
  }
}
