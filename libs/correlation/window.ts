/** The part of a stateful rule that a window needs. */
export interface WindowRule {
  readonly id: string;
  /** Length of the window, milliseconds: it covers (t - length, t] of event time. */
  readonly windowMs: number;
  /** The sum of weights at which an episode opens; at least 1. */
  readonly threshold: number;
  /** How much later than its group's newest event one may come and still count, milliseconds. */
  readonly latenessMs: number;
}

/** A stretch in which a rule stays fired for one group: one alert. */
export interface Episode {
  /** Id of the event whose arrival opened it: the alert's id derives from it. */
  readonly openedBy: string;
  /** Events counted so far: grows by one with each, so it is the alert's revision. */
  readonly revision: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
  readonly total: number;
  /** Ids of the first events counted, bounded. */
  readonly eventIds: readonly string[];
}

/** What one add did. */
export interface WindowState {
  readonly outcome: 'counted' | 'repeated' | 'late';
  /** Events and sum of weights in the window that ends at this event. */
  readonly count: number;
  readonly total: number;
  /** The open episode after the add, if any. */
  readonly episode: Episode | undefined;
  /** True when this very add opened the episode. */
  readonly opened: boolean;
}
