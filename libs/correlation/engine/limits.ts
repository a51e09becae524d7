/** Limits of an engine. Past one, the groups that were touched least recently go, and are counted. */
export interface EngineLimits {
  readonly groupsMax: number;
  readonly membersMax: number;
  readonly groupMembersMax: number;
}

export const ENGINE_LIMITS: EngineLimits = {
  groupsMax: 100_000,
  membersMax: 1_000_000,
  groupMembersMax: 10_000,
};
