import type { WindowEvent, WindowRule } from '../window.ts';

interface Remembered {
  readonly id: string;
  readonly at: number;
  readonly weight: number;
  /** Index of the episode that counted it, or -1. */
  owner: number;
}

interface PlainEpisode {
  readonly openedBy: string;
  /** Exclusive start: older events are not a part of it. */
  start: number;
}

/** What the plain evaluator says of one event: the same facts as `WindowState`, in its own words. */
export interface PlainAnswer {
  readonly outcome: string;
  readonly count: number;
  readonly total: number;
  readonly opened: boolean;
  readonly openedBy: string | undefined;
  readonly episodeIds: readonly string[];
  readonly episodeTotal: number;
}

/**
 * The oracle for `stepWindow`: remembers every event there ever was and answers each question by looking at all of
 * them, straight from the words of the rule. Slow and without limits; shares no code with what it checks.
 */
export class PlainWindow {
  readonly #rule: WindowRule;
  readonly #events: Remembered[] = [];
  readonly #episodes: PlainEpisode[] = [];

  constructor(rule: WindowRule) {
    this.#rule = rule;
  }

  add(event: WindowEvent): PlainAnswer {
    const horizon = this.#horizon();
    const twin = this.#events.find((other) => other.id === event.eventId && other.at > horizon);
    if (twin !== undefined) return this.#answer('repeated', twin.at, false);
    if (event.at < horizon + this.#rule.windowMs) {
      return { ...this.#answer('late', event.at, false), count: 0, total: 0 };
    }
    this.#events.push({ id: event.eventId, at: event.at, weight: event.weight, owner: -1 });
    return this.#answer('counted', event.at, this.#assign(event));
  }

  /** What is as old as this is forgotten: no event to come can be in a window with it. */
  #horizon(): number {
    const newest = Math.max(...this.#events.map((other) => other.at), Number.NEGATIVE_INFINITY);
    return newest - this.#rule.windowMs - this.#rule.latenessMs;
  }

  /** Gives the event, and those that come with it, to an episode. True when one was opened for it. */
  #assign(event: WindowEvent): boolean {
    const current = this.#current(event.at);
    let opened = false;
    if (current === undefined || event.at <= current.start) {
      const ends = this.#events
        .map((other) => other.at)
        .filter(
          (end) => this.#within(event.at, end) && this.#freeWeight(end) >= this.#rule.threshold,
        );
      if (ends.length === 0) return false;
      const end = Math.min(...ends);
      const start = end - this.#rule.windowMs;
      opened = current === undefined;
      if (current === undefined) this.#episodes.push({ openedBy: event.eventId, start });
      else current.start = start;
      if (opened) this.#claim((other) => this.#within(other.at, end));
    }
    this.#spread();
    return opened;
  }

  /** Claims, again and again, free events that lie after the start and at most a window after the last one. */
  #spread(): void {
    const episode = this.#episodes.at(-1);
    if (episode === undefined) return;
    for (let before = -1; before !== this.#owned().length; ) {
      before = this.#owned().length;
      const last = Math.max(...this.#owned().map((other) => other.at));
      this.#claim((other) => other.at > episode.start && other.at <= last + this.#rule.windowMs);
    }
  }

  #claim(which: (other: Remembered) => boolean): void {
    const index = this.#episodes.length - 1;
    for (const other of this.#events) if (other.owner === -1 && which(other)) other.owner = index;
  }

  #owned(): readonly Remembered[] {
    const index = this.#episodes.length - 1;
    return this.#events.filter((other) => index >= 0 && other.owner === index);
  }

  #current(at: number): PlainEpisode | undefined {
    const last = Math.max(...this.#owned().map((other) => other.at), Number.NEGATIVE_INFINITY);
    return at - last <= this.#rule.windowMs ? this.#episodes.at(-1) : undefined;
  }

  #within(at: number, end: number): boolean {
    return at <= end && end - at < this.#rule.windowMs;
  }

  #freeWeight(end: number): number {
    return this.#events
      .filter((other) => other.owner === -1 && this.#within(other.at, end))
      .reduce((sum, other) => sum + other.weight, 0);
  }

  #answer(outcome: string, at: number, opened: boolean): PlainAnswer {
    const inside = this.#events.filter(
      (other) => this.#within(other.at, at) && other.at > this.#horizon(),
    );
    const current = this.#current(at);
    const owned = current === undefined ? [] : this.#owned();
    return {
      outcome,
      count: inside.length,
      total: inside.reduce((sum, other) => sum + other.weight, 0),
      opened,
      openedBy: current?.openedBy,
      episodeIds: owned.map((other) => other.id).sort(),
      episodeTotal: owned.reduce((sum, other) => sum + other.weight, 0),
    };
  }
}
