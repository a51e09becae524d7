import { createMeasure } from './measure.ts';
import { insertMember, type Member } from './member.ts';
import { boundsHold, type CorrelationPlan } from './plan.ts';
import type { Finding, GroupStep } from './sliding-group.ts';

/** How many windows a group is looked at after its last member. */
export const SPANS_REMEMBERED = 10;

/**
 * The members of one group of a plan that is decided at the end of a window: less than, equal, ranges, absence.
 *
 * A window of one span begins with the first member. Where nothing at all would be a finding, windows follow one
 * another until {@link SPANS_REMEMBERED} have passed since the last member (or for ever, for an expected group);
 * else the next begins with the next member. Each window is judged once.
 */
export class ClosingGroup {
  readonly #plan: CorrelationPlan;
  readonly #isExpected: boolean;
  readonly #holdsEmpty: boolean;
  #members: Member[] = [];
  readonly #ids = new Set<string>();
  #startsAt: number | undefined;
  /** True when the window follows another: members do not move its start. */
  #isFixed = false;
  #lastSeenAt = Number.NEGATIVE_INFINITY;
  newestAt = Number.NEGATIVE_INFINITY;

  constructor(plan: CorrelationPlan, isExpected: boolean) {
    this.#plan = plan;
    this.#isExpected = isExpected;
    const empty = createMeasure(plan.measure, plan.inputs.length).value(0);
    this.#holdsEmpty = boundsHold(plan.bounds, empty);
  }

  get size(): number {
    return this.#members.length;
  }

  /** Exclusive end of the window that is open; undefined when none is. */
  get endsAt(): number | undefined {
    return this.#startsAt === undefined ? undefined : this.#startsAt + this.#plan.spanMs;
  }

  /** Opens the first window of an expected group. */
  expectFrom(at: number): void {
    if (this.#startsAt !== undefined) return;
    this.#startsAt = at;
    this.#isFixed = true;
  }

  step(member: Member): GroupStep {
    if (this.#ids.has(member.id)) return { outcome: 'repeated', finding: undefined };
    this.#ids.add(member.id);
    insertMember(this.#members, member);
    this.newestAt = Math.max(this.newestAt, member.at);
    if (this.#startsAt === undefined || (!this.#isFixed && member.at < this.#startsAt)) {
      this.#startsAt = member.at;
    }
    return { outcome: 'counted', finding: undefined };
  }

  /** Judges the window that is open, and opens the next if there is one. */
  close(): Finding | undefined {
    const end = this.endsAt;
    if (end === undefined) return undefined;
    const inside = this.#members.filter(({ at }) => at < end);
    this.#members = this.#members.slice(inside.length);
    for (const { id } of inside) this.#ids.delete(id);
    this.#lastSeenAt = inside.at(-1)?.at ?? this.#lastSeenAt;
    const finding = this.#judge(inside, end);
    this.#openNext(end);
    return finding;
  }

  /** Forgets the oldest members until at most so many are left. @returns how many went */
  shrink(membersMax: number): number {
    const gone = Math.max(0, this.#members.length - membersMax);
    for (const { id } of this.#members.splice(0, gone)) this.#ids.delete(id);
    return gone;
  }

  get state(): ClosingState {
    return {
      members: [...this.#members],
      newestAt: this.newestAt,
      startsAt: this.#startsAt,
      isFixed: this.#isFixed,
      lastSeenAt: this.#lastSeenAt,
    };
  }

  restore(state: ClosingState): void {
    this.#members = [...state.members];
    for (const { id } of state.members) this.#ids.add(id);
    this.newestAt = state.newestAt;
    this.#startsAt = state.startsAt;
    this.#isFixed = state.isFixed;
    this.#lastSeenAt = state.lastSeenAt;
  }

  #judge(inside: readonly Member[], end: number): Finding | undefined {
    const { measure: spec, inputs, spanMs, bounds } = this.#plan;
    const measure = createMeasure(spec, inputs.length);
    for (const member of inside) measure.add(member);
    const value = measure.value(end - 1 - spanMs);
    if (value === undefined || !boundsHold(bounds, value)) return undefined;
    const at = inside.at(-1)?.at ?? end - 1;
    return { at, value, members: inside, openedBy: `${end - spanMs}` };
  }

  #openNext(end: number): void {
    const isRemembered = end - this.#lastSeenAt < SPANS_REMEMBERED * this.#plan.spanMs;
    this.#isFixed = this.#holdsEmpty && (this.#isExpected || isRemembered);
    this.#startsAt = this.#isFixed ? end : this.#members[0]?.at;
  }
}

/** A closing group as plain data. */
export interface ClosingState {
  readonly members: readonly Member[];
  readonly newestAt: number;
  readonly startsAt: number | undefined;
  readonly isFixed: boolean;
  readonly lastSeenAt: number;
}
