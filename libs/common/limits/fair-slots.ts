import { FairShare } from './fair-share.ts';

/** Gives a slot back. Calling it twice does nothing. */
export type ReleaseSlot = () => void;

/**
 * A number of things that can be done at once, shared fairly: one subject alone gets half of the slots, so that others
 * find some at once; whoever finds none waits, and free slots go to the waiting subjects in turn.
 */
export class FairSlots {
  readonly #share: FairShare;
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(slots: number) {
    this.#share = new FairShare(slots, 1);
  }

  /** Requests that wait for a slot. */
  get waiting(): number {
    let count = 0;
    for (const queue of this.#waiting.values()) count += queue.length;
    return count;
  }

  /** Resolves with a slot, in order of the calls for one subject. */
  async take(subject: string): Promise<ReleaseSlot> {
    const queue = this.#waiting.get(subject);
    if (queue !== undefined || !this.#share.take(subject, 1)) {
      await new Promise<void>((resolve) => {
        if (queue === undefined) this.#waiting.set(subject, [resolve]);
        else queue.push(resolve);
      });
    }
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#share.giveBack(subject, 1);
      this.#grant();
    };
  }

  /** Hands out what is free, one slot to each waiting subject in turn. */
  #grant(): void {
    for (let granted = true; granted; ) {
      granted = false;
      for (const [subject, queue] of [...this.#waiting]) {
        if (!this.#share.take(subject, 1)) continue;
        granted = true;
        queue.shift()?.();
        // Whoever was served goes to the end.
        this.#waiting.delete(subject);
        if (queue.length > 0) this.#waiting.set(subject, queue);
      }
    }
  }
}
