/** A piece of the input in bytes: from `start` up to, not including, `end`. */
export type Range = readonly [start: number, end: number];

/**
 * Which pieces of the input were acknowledged. Several requests are in flight and answers come in any order, so it is
 * a place up to which all is done, and the pieces behind it that are done already.
 */
export class Ledger {
  #done: number;
  #ahead: Range[];
  /** Ends of pieces that were sent, in order, not yet below `#done`. */
  #sent: Range[] = [];

  constructor(done = 0, ahead: readonly Range[] = []) {
    this.#done = done;
    this.#ahead = [...ahead];
  }

  /** Everything before this place is acknowledged. */
  get done(): number {
    return this.#done;
  }

  /** Acknowledged pieces behind {@link Ledger.done}. */
  get ahead(): readonly Range[] {
    return this.#ahead;
  }

  /** Says whether a piece was acknowledged before. */
  has(start: number, end: number): boolean {
    return end <= this.#done || this.#ahead.some(([from, to]) => from <= start && end <= to);
  }

  /** Notes that a piece is on its way. Pieces are sent in the order of the input. */
  send(range: Range): void {
    this.#sent.push(range);
  }

  /** Notes that a piece is acknowledged. */
  acknowledge(range: Range): void {
    this.#ahead.push(range);
    this.#sent = this.#sent.filter((other) => other !== range);
    const [next] = this.#sent;
    // All that was sent before the first open piece is done, with the blank lines between the pieces.
    const until = next === undefined ? this.#furthest() : next[0];
    this.#done = Math.max(this.#done, until);
    this.#ahead = this.#ahead.filter(([, end]) => end > this.#done);
  }

  #furthest(): number {
    return this.#ahead.reduce((far, [, end]) => Math.max(far, end), this.#done);
  }
}
