/** The part of a stateful rule that a window needs. */
export interface WindowRule {
  readonly id: string;
  /** Length of the window, milliseconds: it covers (t - length, t] of event time. */
  readonly windowMs: number;
  /** The sum of weights at which an episode opens; at least 1. */
  readonly threshold: number;
  /** How much later than its group's newest event one may come and still count, milliseconds. */
  readonly latenessMs: number;
  /**
   * When given, an episode opens for events in this order in place of a sum (`threshold` is not looked at): the number
   * of the step, 0 to {@link SEQUENCE_STEPS_MAX} - 1, that each place asks for. 2 to {@link SEQUENCE_PLACES_MAX} places.
   */
  readonly sequence?: readonly number[];
}

/** Most different steps of a sequence: they are the bits of `WindowEvent.steps`. */
export const SEQUENCE_STEPS_MAX = 10;

/** Most places of a sequence: a step that must come n times has n of them. Bounds what a full window must keep. */
export const SEQUENCE_PLACES_MAX = 20;

/** One event on its way into the window of one group. */
export interface WindowEvent {
  readonly eventId: string;
  /** Event time, milliseconds since 1970. */
  readonly at: number;
  /** What it counts. Taken as a whole number, 1 to {@link WEIGHT_MAX}, so that sums are exact. */
  readonly weight: number;
  /** For a rule with a sequence: bit n is set when the event meets step n. */
  readonly steps?: number;
  /** Short facts of the event that an alert names, for example `src_ip=10.0.0.1`; kept in the episode. */
  readonly labels?: readonly string[];
}

/** Largest weight of one event (1 TiB where it stands for bytes); 4,096 of them still add up exactly. */
export const WEIGHT_MAX = 2 ** 40;

/** Most ids an episode names; its count has the whole number. */
export const EPISODE_EVENT_IDS_MAX = 100;

/** Most distinct labels an episode keeps; the first ones win. */
export const EPISODE_LABELS_MAX = 64;

/** A stretch in which a rule stays fired for one group: one alert. */
export interface Episode {
  /** Id of the event whose arrival opened it: the alert's id derives from it. */
  readonly openedBy: string;
  /** Events counted so far: grows with each, so it is the alert's revision. */
  readonly revision: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
  readonly total: number;
  /** Ids of the first events counted, at most {@link EPISODE_EVENT_IDS_MAX}. */
  readonly eventIds: readonly string[];
  /** Distinct labels of the counted events, at most {@link EPISODE_LABELS_MAX}, in the order of counting. */
  readonly labels: readonly string[];
}

/** What one add did. */
export interface WindowState {
  readonly outcome: 'counted' | 'repeated' | 'late';
  /** Events and sum of weights in the window that ends at this event; 0 for a late one. */
  readonly count: number;
  readonly total: number;
  /**
   * The episode that is open at this event's time after the add, if any; for a rule with a sequence only when this
   * very add made one whole.
   */
  readonly episode: Episode | undefined;
  /** True when this very add opened the episode. */
  readonly opened: boolean;
  /** Entries of a sequence that this add gave up because of the limit; absent for none. */
  readonly dropped?: number;
}
