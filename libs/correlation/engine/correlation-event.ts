/** An event as a correlation sees it. */
export interface CorrelationEvent {
  /** Unique: an id counts once in a group. */
  readonly id: string;
  /** Event time, milliseconds since 1970. */
  readonly at: number;
  /** The value of a field in its string form; undefined when it is absent, null or no scalar. */
  text(field: string): string | undefined;
  /** Short facts that results gather from their members; default: none. Kept as long as the member is. */
  readonly labels?: readonly string[];
  /** Ids that stand for it in results where it is itself a result of other events; default: its own id. */
  readonly eventIds?: readonly string[];
}

/** What a plan found: an event for the plans that look at it. */
export interface CorrelationResult {
  readonly plan: string;
  readonly id: string;
  /** Time of the last member; of an absence, the end of the window. */
  readonly at: number;
  readonly firstAt: number;
  readonly value: number;
  /** Members of the window that was found. */
  readonly count: number;
  /** Ids of the last of them, at most {@link RESULT_IDS_MAX}. */
  readonly memberIds: readonly string[];
  /** Ids of the events behind them, down through chains: the last, at most {@link RESULT_IDS_MAX}, each once. */
  readonly eventIds: readonly string[];
  /** Distinct labels of the members, at most {@link RESULT_LABELS_MAX}, in the order of time. */
  readonly labels: readonly string[];
  /** Values of the group, then those that are carried, by name. */
  readonly values: Readonly<Record<string, string>>;
}

/** Most ids of members that a result names. */
export const RESULT_IDS_MAX = 100;
/** Most labels that a result gathers; the first ones win. */
export const RESULT_LABELS_MAX = 64;

/** What an engine counted since it began. */
export interface EngineCounts {
  matches: number;
  results: number;
  late: number;
  repeated: number;
  /** Matches without a value for a group's field. */
  withoutGroup: number;
  /** Matches without the value that is counted or added up. */
  withoutValue: number;
  groupsEvicted: number;
  membersEvicted: number;
}
