import type { Episode } from './window.ts';

/** An event, or several merged ones, that a window still remembers. */
export interface WindowEntry {
  readonly at: number;
  readonly eventId: string;
  readonly weight: number;
  /** How many events it stands for: 1 unless entries were merged. */
  readonly events: number;
  /** True when an episode has counted it: it can open no other. */
  readonly taken: boolean;
  readonly labels: readonly string[];
  /** Steps of a sequence that the event meets, as bits; absent for other rules. */
  readonly steps?: number;
}

/** What is remembered of one (tenant, rule, group). Immutable: a step gives a new one. */
export interface WindowGroup {
  /** Newest event time counted: lateness is judged against it. */
  readonly newestAt: number;
  /** Sorted by event time, equal times in order of arrival; at most {@link WINDOW_ENTRIES_MAX}. */
  readonly entries: readonly WindowEntry[];
  /** The last episode, open or not. */
  readonly episode: Episode | undefined;
  /** Exclusive start of the window that opened the episode: what is older is not a part of it. */
  readonly episodeFrom: number;
}

/**
 * Most entries kept for one group. Past it, entries near in time are merged (see `compactEntries`):
 * sums stay exact, an entry's time moves by at most 8 / {@link WINDOW_ENTRIES_MAX} of (window + lateness).
 */
export const WINDOW_ENTRIES_MAX = 512;
