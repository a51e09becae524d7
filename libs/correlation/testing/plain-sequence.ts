import type { WindowEvent, WindowRule } from '../window.ts';

interface Remembered {
  readonly id: string;
  readonly at: number;
  readonly steps: number;
  /** Index of the episode that counted it, or -1. */
  owner: number;
}

/** What the plain evaluator says of one event. */
export interface PlainSequenceAnswer {
  readonly outcome: string;
  readonly opened: boolean;
  /** Ids of the episode that this event changed; empty when it changed none. */
  readonly episodeIds: readonly string[];
}

/**
 * The oracle for sequences: remembers every event there ever was and tries every way to fill the places.
 * Slow and without limits; shares no code with what it checks.
 */
export class PlainSequence {
  readonly #rule: WindowRule;
  readonly #sequence: readonly number[];
  readonly #events: Remembered[] = [];
  #episodes = 0;

  constructor(rule: WindowRule, sequence: readonly number[]) {
    this.#rule = rule;
    this.#sequence = sequence;
  }

  add(event: WindowEvent): PlainSequenceAnswer {
    const newest = Math.max(...this.#events.map((other) => other.at), Number.NEGATIVE_INFINITY);
    const horizon = newest - this.#rule.windowMs - this.#rule.latenessMs;
    const seen = this.#events.some((other) => other.id === event.eventId && other.at > horizon);
    if (seen) return { outcome: 'repeated', opened: false, episodeIds: [] };
    if (event.at < newest - this.#rule.latenessMs) {
      return { outcome: 'late', opened: false, episodeIds: [] };
    }
    this.#events.push({ id: event.eventId, at: event.at, steps: event.steps ?? 0, owner: -1 });
    const end = this.#firstEnd(event.at);
    if (end === undefined) return { outcome: 'counted', opened: false, episodeIds: [] };
    const last = this.#events.filter((other) => other.owner === this.#episodes - 1);
    const lastAt = Math.max(...last.map((other) => other.at), Number.NEGATIVE_INFINITY);
    const opened = this.#episodes === 0 || end > lastAt + this.#rule.windowMs;
    if (opened) this.#episodes += 1;
    for (const other of this.#inWindow(end)) {
      if (other.owner === -1) other.owner = this.#episodes - 1;
    }
    const mine = this.#events.filter((other) => other.owner === this.#episodes - 1);
    return { outcome: 'counted', opened, episodeIds: mine.map((other) => other.id).sort() };
  }

  /** The earliest time at which a window with the event in it ends with a whole sequence. */
  #firstEnd(at: number): number | undefined {
    const ends = this.#events
      .map((other) => other.at)
      .filter((end) => end >= at && end < at + this.#rule.windowMs && this.#isWholeAt(end));
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  #isWholeAt(end: number): boolean {
    const line = this.#inWindow(end)
      .filter((other) => other.owner === -1)
      .sort((a, b) => a.at - b.at);
    const fills = (place: number, from: number): boolean =>
      place === this.#sequence.length ||
      line.some(
        (other, index) =>
          index >= from &&
          (other.steps & (1 << (this.#sequence[place] ?? 0))) !== 0 &&
          fills(place + 1, index + 1),
      );
    return fills(0, 0);
  }

  #inWindow(end: number): Remembered[] {
    return this.#events.filter((other) => other.at <= end && end - other.at < this.#rule.windowMs);
  }
}
