import { assert } from '@tocsin/kernel/assert.ts';
import { type Arrival, arrivalOf, groupKey, joinArrivals, type Target } from './arrival.ts';
import { ClosingGroup } from './closing-group.ts';
import {
  type CorrelationEvent,
  type CorrelationResult,
  type EngineCounts,
  RESULT_IDS_MAX,
  RESULT_LABELS_MAX,
} from './correlation-event.ts';
import { DeadlineHeap } from './deadline-heap.ts';
import { ENGINE_LIMITS, type EngineLimits } from './limits.ts';
import type { Member } from './member.ts';
import type { CorrelationPlan } from './plan.ts';
import { type RankedPlan, rankPlans } from './rank-plans.ts';
import { type Finding, SlidingGroup } from './sliding-group.ts';
import { type Slot, SlotList } from './slot-list.ts';

/** What an engine runs on. */
export interface EngineOptions {
  /** How late a match may come and still count, milliseconds. */
  readonly latenessMs: number;
  readonly limits?: Partial<EngineLimits>;
}

/**
 * Runs correlation plans over matches of rules. Time comes with the events: the engine's time is the newest event
 * time it has seen, and windows that are judged at their end are judged when it passes that end plus the lateness, in
 * the order of their ends. Not thread-safe; state can be taken and put back (`snapshot.ts`).
 */
export class CorrelationEngine {
  readonly counts: EngineCounts = {
    matches: 0,
    results: 0,
    late: 0,
    repeated: 0,
    withoutGroup: 0,
    withoutValue: 0,
    groupsEvicted: 0,
    membersEvicted: 0,
  };
  readonly plans: readonly RankedPlan[];
  readonly #targets = new Map<string, Target[]>();
  readonly #limits: EngineLimits;
  readonly #slots: SlotList;
  readonly #deadlines = new DeadlineHeap();
  #time = Number.NEGATIVE_INFINITY;
  #members = 0;
  #results: CorrelationResult[] = [];
  /** Grows with everything that a snapshot would show. */
  revision = 0;

  constructor(plans: readonly CorrelationPlan[], options: EngineOptions) {
    this.#limits = { ...ENGINE_LIMITS, ...options.limits };
    this.plans = rankPlans(plans, options.latenessMs, this.#limits.groupMembersMax);
    this.#slots = new SlotList(this.plans.length);
    for (const plan of this.plans) {
      for (const [input, { source }] of plan.plan.inputs.entries()) {
        const targets = this.#targets.get(source);
        if (targets === undefined) this.#targets.set(source, [{ plan, input }]);
        else targets.push({ plan, input });
      }
    }
  }

  /** Whether any plan looks at a rule. */
  wants(source: string): boolean {
    return this.#targets.has(source);
  }

  get groups(): number {
    return this.#slots.size;
  }

  get members(): number {
    return this.#members;
  }

  /** The newest event time seen. */
  get time(): number {
    return this.#time;
  }

  /** All groups, stalest first. */
  get slots(): Iterable<Slot> {
    return this.#slots.all();
  }

  /**
   * Adds an event that rules matched.
   *
   * @param sources keys of the rules it matched, all at once
   * @returns what was found by it and by the time it brought, in order; valid until the next call
   */
  add(event: CorrelationEvent, sources: readonly string[]): readonly CorrelationResult[] {
    assert(Number.isFinite(event.at), 'the time of a match is a finite number');
    this.#results = [];
    this.revision += 1;
    this.#advance(event.at);
    this.#match(event, sources);
    return this.#results;
  }

  /** Lets time pass without a match. @returns the windows that were found when they ended */
  advance(time: number): readonly CorrelationResult[] {
    this.#results = [];
    this.#advance(time);
    return this.#results;
  }

  /** Whether a group is looked at although nothing of it was seen. */
  expects({ plan }: RankedPlan, values: readonly string[]): boolean {
    return plan.expectedGroups.some(
      (group) =>
        group.length === values.length && group.every((value, index) => value === values[index]),
    );
  }

  /** Puts a group back, from a snapshot. */
  putGroup(plan: RankedPlan, values: readonly string[], group: Slot['group']): void {
    const slot = this.#slots.add(plan, groupKey(values), values, group);
    this.#members += group.size;
    this.#schedule(slot);
  }

  /** Gives up the groups touched least recently, until so many members are left; counted as evicted. */
  shed(membersMax: number): void {
    for (let slot = this.#slots.stalest; slot !== undefined; slot = this.#slots.stalest) {
      if (this.#members <= membersMax) return;
      this.revision += 1;
      this.#slots.delete(slot);
      this.#members -= slot.group.size;
      this.counts.groupsEvicted += 1;
      this.counts.membersEvicted += slot.group.size;
    }
  }

  /** How far back matches decide what comes now: the longest chain of windows, and the lateness. Milliseconds. */
  get lookbackMs(): number {
    const byKey = new Map(this.plans.map((plan) => [plan.plan.key, plan]));
    const spans = new Map<string, number>();
    // Plans stand behind those they look at.
    for (const { plan } of this.plans) {
      const below = plan.inputs.map(({ source }) => (byKey.has(source) ? spans.get(source) : 0));
      spans.set(plan.key, plan.spanMs + Math.max(0, ...below.map((span) => span ?? 0)));
    }
    const lateness = Math.max(0, ...this.plans.map((plan) => plan.lateness));
    return this.plans.length === 0 ? 0 : Math.max(...spans.values()) + lateness;
  }

  /** Sets the time of a snapshot. */
  restoreTime(time: number): void {
    this.#time = time;
  }

  #advance(time: number): void {
    if (time <= this.#time) return;
    this.revision += 1;
    if (this.#time === Number.NEGATIVE_INFINITY) this.#expect(time);
    for (let next = this.#deadlines.popDue(time); next !== undefined; ) {
      this.#time = Math.max(this.#time, next.due);
      this.#close(next.slot, next.due);
      next = this.#deadlines.popDue(time);
    }
    this.#time = time;
  }

  #expect(time: number): void {
    for (const plan of this.plans) {
      if (!plan.isDeferred) continue;
      for (const values of plan.plan.expectedGroups) {
        const slot = this.#slotOf(plan, groupKey(values), values);
        if (slot.group instanceof ClosingGroup) slot.group.expectFrom(time);
        this.#schedule(slot);
      }
    }
  }

  #close(slot: Slot, due: number): void {
    if (this.#slots.get(slot.plan, slot.key) !== slot) return;
    const { group, plan } = slot;
    if (!(group instanceof ClosingGroup)) return;
    // The start may have moved back since, or the window may be closed: then another deadline stands for it.
    if (group.endsAt === undefined || group.endsAt + plan.lateness !== due) return;
    const before = group.size;
    const finding = group.close();
    this.#members += group.size - before;
    if (group.endsAt === undefined) this.#slots.delete(slot);
    else this.#schedule(slot);
    if (finding !== undefined) this.#found(slot, finding);
  }

  #match(event: CorrelationEvent, sources: readonly string[]): void {
    this.counts.matches += 1;
    const arrivals: Arrival[] = [];
    for (const source of sources) {
      for (const target of this.#targets.get(source) ?? NO_TARGETS) {
        const arrival = arrivalOf(event, target);
        if (typeof arrival === 'string') {
          this.counts[arrival] += 1;
          continue;
        }
        const same = arrivals.findIndex(
          ({ plan, key }) => plan === arrival.plan && key === arrival.key,
        );
        if (same === -1) arrivals.push(arrival);
        else arrivals[same] = joinArrivals(arrivals[same] as Arrival, arrival);
      }
    }
    for (const arrival of arrivals) this.#arrive(arrival);
  }

  #arrive({ plan, key, values, member }: Arrival): void {
    if (plan.isDeferred && member.at < this.#time - plan.lateness) {
      this.counts.late += 1;
      return;
    }
    const slot = this.#slotOf(plan, key, values);
    const { group } = slot;
    const before = group.size;
    const endBefore = group instanceof ClosingGroup ? group.endsAt : undefined;
    const { outcome, finding } = group.step(member);
    if (outcome === 'late') this.counts.late += 1;
    else if (outcome === 'repeated') this.counts.repeated += 1;
    if (group.size > plan.membersMax) {
      this.counts.membersEvicted += group.shrink(plan.membersMax);
    }
    this.#members += group.size - before;
    if (group instanceof ClosingGroup && group.endsAt !== endBefore) this.#schedule(slot);
    this.#makeRoom();
    if (finding !== undefined) this.#found(slot, finding);
  }

  /** The group, touched last of all. */
  #slotOf(plan: RankedPlan, key: string, values: readonly string[]): Slot {
    const known = this.#slots.get(plan, key);
    if (known !== undefined) {
      this.#slots.touch(known);
      return known;
    }
    const group = plan.isDeferred
      ? new ClosingGroup(plan.plan, this.expects(plan, values))
      : new SlidingGroup(plan.plan, plan.lateness);
    return this.#slots.add(plan, key, values, group);
  }

  #schedule(slot: Slot): void {
    const { plan, group } = slot;
    if (!(group instanceof ClosingGroup) || group.endsAt === undefined) return;
    this.#deadlines.push({ due: group.endsAt + plan.lateness, slot });
  }

  /** Lets the groups go that are long over, then, where there is no room, the stalest. */
  #makeRoom(): void {
    for (let slot = this.#slots.stalest; slot !== undefined; slot = this.#slots.stalest) {
      const { plan, group } = slot;
      const isFull =
        this.#slots.size > this.#limits.groupsMax || this.#members > this.#limits.membersMax;
      const overSince =
        group instanceof SlidingGroup
          ? this.#time - group.newestAt - plan.plan.spanMs - plan.lateness
          : 0;
      if (overSince <= GROUP_REMEMBERED_MS && (!isFull || this.#slots.size === 1)) return;
      this.#slots.delete(slot);
      this.#members -= group.size;
      if (overSince > 0) continue;
      this.counts.groupsEvicted += 1;
      this.counts.membersEvicted += group.size;
    }
  }

  #found(slot: Slot, finding: Finding): void {
    const result = resultOf(slot, finding);
    this.counts.results += 1;
    this.#results.push(result);
    if (!this.wants(result.plan)) return;
    const text = (field: string): string | undefined =>
      Object.hasOwn(result.values, field) ? result.values[field] : undefined;
    const { id, at, labels, eventIds } = result;
    this.#match({ id, at, text, labels, eventIds }, [result.plan]);
  }
}

/** A source may lie behind the others as a whole: how long a group that is over waits for it, a day. */
const GROUP_REMEMBERED_MS = 86_400_000;
const NO_TARGETS: readonly Target[] = [];

function resultOf({ plan, key, values }: Slot, finding: Finding): CorrelationResult {
  const { at, value, members, openedBy } = finding;
  const named: [string, string][] = plan.plan.groupBy.map((name, index) => [
    name,
    values[index] ?? '',
  ]);
  const last = members.at(-1);
  for (const [index, name] of plan.plan.carried.entries()) {
    const text = last?.carried[index];
    if (text !== undefined) named.push([name, text]);
  }
  return {
    plan: plan.plan.key,
    id: `${plan.plan.key}|${key}|${openedBy}`,
    at,
    firstAt: members[0]?.at ?? at,
    value,
    count: members.length,
    memberIds: members.slice(-RESULT_IDS_MAX).map(({ id }) => id),
    eventIds: eventIdsOf(members),
    labels: labelsOf(members),
    values: Object.fromEntries(named),
  };
}

function eventIdsOf(members: readonly Member[]): readonly string[] {
  const last = members.slice(-RESULT_IDS_MAX);
  const ids = new Set(last.flatMap(({ id, eventIds }) => eventIds ?? [id]));
  return [...ids].slice(-RESULT_IDS_MAX);
}

function labelsOf(members: readonly Member[]): readonly string[] {
  const labels = new Set<string>();
  for (const member of members) {
    for (const label of member.labels) labels.add(label);
    if (labels.size >= RESULT_LABELS_MAX) break;
  }
  return [...labels].slice(0, RESULT_LABELS_MAX);
}
