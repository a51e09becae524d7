import type { CancelTimer, Clock } from '@tocsin/kernel/clock.ts';
import type { Place } from './progress.ts';

/** The thread is asked this often. */
export const WATCH_EVERY_MS = 1_000;
/** So many times in a row without an answer, and at the same place, and it hangs. */
export const SILENT_LOOKS_MAX = 60;

/** What is watched. */
export interface WatchdogParts {
  readonly clock: Clock;
  /** Asks the thread; resolves when it answers. */
  readonly ask: () => Promise<unknown>;
  readonly place: () => Place;
  /** Told once: the thread does not come back from this place. */
  readonly onHung: (place: Place) => void;
  readonly silentLooksMax?: number;
}

/**
 * Watches a thread that may hang in a loop. Looks are counted, not time: a machine that stood still counts as one look,
 * and a thread that is slow, but goes on from item to item, does not hang.
 */
export class Watchdog {
  readonly #parts: WatchdogParts;
  #isAsked = false;
  #silent = 0;
  #at: Place = { frame: 0, ordinal: undefined };
  #cancel: CancelTimer = () => undefined;

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#cancel = this.#parts.clock.after(WATCH_EVERY_MS, () => this.#look());
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const { ask, place, onHung, silentLooksMax = SILENT_LOOKS_MAX } = this.#parts;
    const at = place();
    const moved = at.frame !== this.#at.frame || at.ordinal !== this.#at.ordinal;
    this.#at = at;
    this.#silent = this.#isAsked && !moved ? this.#silent + 1 : 0;
    if (this.#silent >= silentLooksMax) {
      onHung(at);
      return;
    }
    if (!this.#isAsked) {
      this.#isAsked = true;
      const answered = (): void => {
        this.#isAsked = false;
      };
      // A thread that is gone is told of by its own events.
      ask().then(answered, answered);
    }
    this.start();
  }
}
