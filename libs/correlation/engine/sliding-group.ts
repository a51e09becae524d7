import { createMeasure, type Measure } from './measure.ts';
import { insertMember, type Member } from './member.ts';
import { boundsHold, type CorrelationPlan } from './plan.ts';

/** A window that met its plan: the members it had, and when it ended. */
export interface Finding {
  /** Event time of the last member; the end of the window when it has none. */
  readonly at: number;
  readonly value: number;
  readonly members: readonly Member[];
  /** Id that the result's derives from. */
  readonly openedBy: string;
}

/** What became of a member. */
export interface GroupStep {
  readonly outcome: 'counted' | 'repeated' | 'late';
  readonly finding: Finding | undefined;
}

/** A stretch in which a group stays found: what lies in it opens nothing new. */
interface Episode {
  /** Exclusive start. */
  from: number;
  lastAt: number;
}

const COUNTED: GroupStep = { outcome: 'counted', finding: undefined };
const REPEATED: GroupStep = { outcome: 'repeated', finding: undefined };
const LATE: GroupStep = { outcome: 'late', finding: undefined };
/** Members of one time that are looked through one by one. */
const SAME_TIME_MAX = 64;

/**
 * The members of one group of a plan that is decided as they come: the window (t - span, t] slides on event time, and
 * an episode opens with the earliest window that holds; it goes on while members come within a span of its last one
 * (the rules of `step-window.ts`, for any measure). A member in order costs what its measure costs; one out of order
 * looks at the whole group.
 */
export class SlidingGroup {
  readonly #plan: CorrelationPlan;
  readonly #lateness: number;
  readonly #measure: Measure;
  readonly #members: Member[] = [];
  /** First member that is not forgotten, and first in the window that ends at the newest. */
  #start = 0;
  #low = 0;
  #ids: Set<string> | undefined;
  #episode: Episode | undefined;
  newestAt = Number.NEGATIVE_INFINITY;

  constructor(plan: CorrelationPlan, lateness: number) {
    this.#plan = plan;
    this.#lateness = lateness;
    this.#measure = createMeasure(plan.measure, plan.inputs.length);
  }

  get size(): number {
    return this.#members.length - this.#start;
  }

  step(member: Member): GroupStep {
    if (member.at < this.newestAt - this.#lateness) return LATE;
    if (this.#has(member)) return REPEATED;
    this.#ids?.add(member.id);
    return member.at >= this.newestAt ? this.#inOrder(member) : this.#outOfOrder(member);
  }

  /** Forgets the oldest members until at most so many are left. @returns how many went */
  shrink(membersMax: number): number {
    let gone = 0;
    while (this.size > membersMax) {
      const oldest = this.#members[this.#start] as Member;
      if (this.#start >= this.#low) {
        if (!oldest.taken) this.#measure.remove(oldest);
        this.#low += 1;
      }
      this.#forgetOne(oldest);
      gone += 1;
    }
    return gone;
  }

  /** What a snapshot keeps: members in order, newest time, episode. */
  get state(): SlidingState {
    const { newestAt } = this;
    const episode = this.#episode === undefined ? undefined : { ...this.#episode };
    return { members: this.#kept(), newestAt, episode };
  }

  restore(state: SlidingState): void {
    this.#members.push(...state.members);
    this.newestAt = state.newestAt;
    this.#episode = state.episode === undefined ? undefined : { ...state.episode };
    this.#rebuild();
  }

  #inOrder(member: Member): GroupStep {
    const from = member.at - this.#plan.spanMs;
    this.newestAt = member.at;
    this.#members.push(member);
    this.#slide(from);
    if (this.#episode !== undefined && from <= this.#episode.lastAt) {
      member.taken = true;
      this.#episode.lastAt = member.at;
      return COUNTED;
    }
    this.#measure.add(member);
    const value = this.#measure.value(from);
    if (value === undefined || !boundsHold(this.#plan.bounds, value)) return COUNTED;
    const finding = this.#open(from, member.at, value, member.id);
    this.#measure.clear();
    return { outcome: 'counted', finding };
  }

  #outOfOrder(member: Member): GroupStep {
    const place = insertMember(this.#members, member);
    const step = this.#place(member, place);
    this.#rebuild();
    return step;
  }

  #place(member: Member, place: number): GroupStep {
    const episode = this.#episode;
    const isOpen = episode !== undefined && member.at <= episode.lastAt + this.#plan.spanMs;
    if (isOpen && member.at > episode.from) {
      this.#absorb(place, episode);
      return COUNTED;
    }
    const crossing = this.#crossing(member.at);
    if (crossing === undefined) return COUNTED;
    const from = crossing.at - this.#plan.spanMs;
    if (!isOpen) {
      const finding = this.#open(from, crossing.at, crossing.value, member.id);
      return { outcome: 'counted', finding };
    }
    episode.from = from;
    this.#absorb(this.#start, episode);
    return COUNTED;
  }

  #open(from: number, at: number, value: number, openedBy: string): Finding {
    const free = this.#kept().filter((member) => !member.taken);
    const members = free.filter((member) => member.at > from && member.at <= at);
    this.#episode = { from, lastAt: at };
    this.#absorb(this.#start, this.#episode);
    return { at, value, members, openedBy };
  }

  /** Takes free members from a place on, as far as none lies more than a span behind the last. */
  #absorb(first: number, episode: Episode): void {
    for (let index = first; index < this.#members.length; index += 1) {
      const member = this.#members[index] as Member;
      if (member.taken || member.at <= episode.from) continue;
      if (member.at > episode.lastAt + this.#plan.spanMs) return;
      member.taken = true;
      episode.lastAt = Math.max(episode.lastAt, member.at);
    }
  }

  /** The earliest window that contains a time, ends with a member and holds for what no episode took. */
  #crossing(at: number): { at: number; value: number } | undefined {
    const { spanMs, measure: spec, inputs, bounds } = this.#plan;
    const measure = createMeasure(spec, inputs.length);
    const members = this.#members;
    let tail = this.#start;
    for (let index = this.#start; index < members.length; index += 1) {
      const member = members[index] as Member;
      if (member.at >= at + spanMs) return undefined;
      if (!member.taken) measure.add(member);
      if (member.at < at || members[index + 1]?.at === member.at) continue;
      const from = member.at - spanMs;
      for (let old = members[tail] as Member; old.at <= from; old = members[tail] as Member) {
        if (!old.taken) measure.remove(old);
        tail += 1;
      }
      const value = measure.value(from);
      if (value !== undefined && boundsHold(bounds, value)) return { at: member.at, value };
    }
    return undefined;
  }

  #slide(from: number): void {
    const members = this.#members;
    for (
      let old = members[this.#low] as Member;
      old.at <= from;
      old = members[this.#low] as Member
    ) {
      if (!old.taken) this.#measure.remove(old);
      this.#low += 1;
    }
    const forgotten = from - this.#lateness;
    for (
      let old = members[this.#start] as Member;
      old.at <= forgotten;
      old = members[this.#start] as Member
    ) {
      this.#forgetOne(old);
    }
    if (this.#start < 64 || this.#start * 2 < members.length) return;
    members.splice(0, this.#start);
    this.#low -= this.#start;
    this.#start = 0;
  }

  #forgetOne(member: Member): void {
    this.#ids?.delete(member.id);
    this.#start += 1;
  }

  #rebuild(): void {
    const from = this.newestAt - this.#plan.spanMs;
    this.#measure.clear();
    this.#low = this.#start;
    while (this.#low < this.#members.length && (this.#members[this.#low] as Member).at <= from) {
      this.#low += 1;
    }
    for (let index = this.#low; index < this.#members.length; index += 1) {
      const member = this.#members[index] as Member;
      if (!member.taken) this.#measure.add(member);
    }
  }

  /** An event that comes again has the time it had: only where very many share one, ids are kept in a set. */
  #has({ id, at }: Member): boolean {
    if (this.#ids !== undefined) return this.#ids.has(id);
    const members = this.#members;
    let index = members.length - 1;
    while (index >= this.#start && (members[index] as Member).at > at) index -= 1;
    const last = index;
    while (index >= this.#start && (members[index] as Member).at === at) {
      if (members[index]?.id === id) return true;
      index -= 1;
    }
    if (last - index > SAME_TIME_MAX) this.#ids = new Set(this.#kept().map((one) => one.id));
    return false;
  }

  #kept(): Member[] {
    return this.#members.slice(this.#start);
  }
}

/** A sliding group as plain data. */
export interface SlidingState {
  readonly members: readonly Member[];
  readonly newestAt: number;
  readonly episode: { readonly from: number; readonly lastAt: number } | undefined;
}
