/** An event as a correlation sees it. */
export interface CorrelationEvent {
  /** Unique: an id counts once in a group. */
  readonly id: string;
  /** Event time, milliseconds since 1970. */
  readonly at: number;
  /** The value of a field in its string form; undefined when it is absent, null or no scalar. */
  text(field: string): string | undefined;
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
  /** Values of the group, then those that are carried, by name. */
  readonly values: Readonly<Record<string, string>>;
}

/** Most ids of members that a result names. */
export const RESULT_IDS_MAX = 100;

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
