import { ClosingGroup, type ClosingState } from './closing-group.ts';
import type { CorrelationEngine } from './engine.ts';
import type { Member } from './member.ts';
import type { RankedPlan } from './rank-plans.ts';
import { SlidingGroup, type SlidingState } from './sliding-group.ts';

/** The state of an engine as plain JSON. */
export interface EngineSnapshot {
  /** Newest event time; null before the first. */
  readonly time: number | null;
  /** Groups by plan, each stalest first. A plan is known by key and a text of all that it is. */
  readonly plans: readonly { readonly plan: string; readonly groups: readonly unknown[] }[];
}

/** Takes the state of an engine. */
export function takeSnapshot(engine: CorrelationEngine): EngineSnapshot {
  const groups = new Map<RankedPlan, unknown[]>(engine.plans.map((plan) => [plan, []]));
  for (const { plan, values, group } of engine.slots) {
    const kind = group instanceof SlidingGroup ? 0 : 1;
    const state = group instanceof SlidingGroup ? slidingRow(group.state) : closingRow(group.state);
    groups.get(plan)?.push([kind, values, ...state]);
  }
  return {
    time: Number.isFinite(engine.time) ? engine.time : null,
    plans: engine.plans.map((plan) => ({ plan: nameOf(plan), groups: groups.get(plan) ?? [] })),
  };
}

/**
 * Puts a state back into a fresh engine. Groups of plans that are not there or have changed are left out.
 *
 * @returns how many groups were left out
 */
export function restoreSnapshot(engine: CorrelationEngine, snapshot: EngineSnapshot): number {
  const plans = new Map(engine.plans.map((plan) => [nameOf(plan), plan]));
  let leftOut = 0;
  if (snapshot.time !== null) engine.restoreTime(snapshot.time);
  for (const { plan: name, groups } of snapshot.plans) {
    const plan = plans.get(name);
    for (const row of groups) {
      if (plan === undefined || !putGroup(engine, plan, row)) leftOut += 1;
    }
  }
  return leftOut;
}

function nameOf({ plan, lateness }: RankedPlan): string {
  return JSON.stringify([lateness, plan]);
}

function putGroup(engine: CorrelationEngine, plan: RankedPlan, row: unknown): boolean {
  if (!Array.isArray(row)) return false;
  const [kind, values, members, newestAt, ...rest] = row as [
    number,
    string[],
    unknown[][],
    number | null,
    ...(number | boolean | null)[],
  ];
  const shared = { members: members.map(memberOf), newestAt: newestAt ?? Number.NEGATIVE_INFINITY };
  if (kind === 0) {
    const [from, lastAt] = rest as (number | null)[];
    const group = new SlidingGroup(plan.plan, plan.lateness);
    const hasEpisode = typeof from === 'number' && typeof lastAt === 'number';
    group.restore({ ...shared, episode: hasEpisode ? { from, lastAt } : undefined });
    engine.putGroup(plan, values, group);
    return true;
  }
  const [startsAt, isFixed, lastSeenAt] = rest as [number | null, boolean, number | null];
  const group = new ClosingGroup(plan.plan, engine.expects(plan, values));
  group.restore({
    ...shared,
    startsAt: startsAt ?? undefined,
    isFixed,
    lastSeenAt: lastSeenAt ?? Number.NEGATIVE_INFINITY,
  });
  engine.putGroup(plan, values, group);
  return true;
}

/** Infinities are null in JSON. */
function slidingRow({ members, newestAt, episode }: SlidingState): unknown[] {
  return [members.map(memberRow), newestAt, episode?.from ?? null, episode?.lastAt ?? null];
}

function closingRow(state: ClosingState): unknown[] {
  const { members, newestAt, startsAt, isFixed, lastSeenAt } = state;
  return [
    members.map(memberRow),
    Number.isFinite(newestAt) ? newestAt : null,
    startsAt ?? null,
    isFixed,
    Number.isFinite(lastSeenAt) ? lastSeenAt : null,
  ];
}

function memberRow(member: Member): unknown[] {
  const { id, at, inputsLow, inputsHigh, text, number, carried, taken, labels, eventIds } = member;
  const names = carried.map((value) => value ?? null);
  const row = [id, at, inputsLow, inputsHigh, text ?? null, number, names, taken ? 1 : 0];
  if (labels.length === 0 && eventIds === undefined) return row;
  return [...row, labels, eventIds ?? null];
}

function memberOf(row: unknown[]): Member {
  const [id, at, inputsLow, inputsHigh, text, number, carried, taken, labels, eventIds] = row as [
    string,
    number,
    number,
    number,
    string | null,
    number,
    (string | null)[],
    number,
    string[]?,
    (string[] | null)?,
  ];
  return {
    id,
    at,
    inputsLow,
    inputsHigh,
    text: text ?? undefined,
    number,
    carried: carried.map((value) => value ?? undefined),
    labels: labels ?? [],
    eventIds: eventIds ?? undefined,
    taken: taken === 1,
  };
}
