/** An event that came into a group. */
export interface Member {
  readonly id: string;
  /** Event time, milliseconds since 1970. */
  readonly at: number;
  /** Bits of the inputs it came by, the first 32, then the next. */
  readonly inputsLow: number;
  readonly inputsHigh: number;
  /** What is counted as a value; undefined where the measure needs none. */
  readonly text: string | undefined;
  /** What is added up or ranked. */
  readonly number: number;
  /** Values that results carry beside those of the group. */
  readonly carried: readonly (string | undefined)[];
  /** Short facts for results. */
  readonly labels: readonly string[];
  /** Ids it stands for; undefined: its own. */
  readonly eventIds: readonly string[] | undefined;
  /** True when an episode has counted it: it can open no other. */
  taken: boolean;
}

/** Whether a member came by an input. */
export function cameBy(member: Member, input: number): boolean {
  const bits = input < 32 ? member.inputsLow : member.inputsHigh;
  return (bits & (1 << (input & 31))) !== 0;
}

/** Puts a member behind all that are not newer: equal times stay in the order of arrival. */
export function insertMember(members: Member[], member: Member): number {
  let place = members.length;
  while (place > 0 && (members[place - 1] as Member).at > member.at) place -= 1;
  if (place === members.length) members.push(member);
  else members.splice(place, 0, member);
  return place;
}
