import type { ClosingGroup } from './closing-group.ts';
import type { RankedPlan } from './rank-plans.ts';
import type { SlidingGroup } from './sliding-group.ts';

/** One group with its place among all. */
export interface Slot {
  readonly plan: RankedPlan;
  /** Unique among the groups of its plan. */
  readonly key: string;
  readonly values: readonly string[];
  readonly group: SlidingGroup | ClosingGroup;
  /** Neighbours in the order of touch; undefined at the ends and outside. */
  older: Slot | undefined;
  newer: Slot | undefined;
}

/** Groups by plan and key, and in the order in which they were touched last. */
export class SlotList {
  readonly #byPlan: readonly Map<string, Slot>[];
  #stalest: Slot | undefined;
  #newest: Slot | undefined;
  size = 0;

  constructor(plans: number) {
    this.#byPlan = Array.from({ length: plans }, () => new Map());
  }

  get stalest(): Slot | undefined {
    return this.#stalest;
  }

  get(plan: RankedPlan, key: string): Slot | undefined {
    return this.#byPlan[plan.rank]?.get(key);
  }

  /** Adds a group as the one touched last. */
  add(plan: RankedPlan, key: string, values: readonly string[], group: Slot['group']): Slot {
    const slot: Slot = { plan, key, values, group, older: undefined, newer: undefined };
    this.#byPlan[plan.rank]?.set(key, slot);
    this.size += 1;
    this.#append(slot);
    return slot;
  }

  touch(slot: Slot): void {
    if (slot === this.#newest) return;
    this.#unlink(slot);
    this.#append(slot);
  }

  delete(slot: Slot): void {
    this.#byPlan[slot.plan.rank]?.delete(slot.key);
    this.size -= 1;
    this.#unlink(slot);
  }

  /** All groups, stalest first. */
  *all(): Generator<Slot> {
    for (let slot = this.#stalest; slot !== undefined; slot = slot.newer) yield slot;
  }

  #append(slot: Slot): void {
    slot.older = this.#newest;
    if (this.#newest === undefined) this.#stalest = slot;
    else this.#newest.newer = slot;
    this.#newest = slot;
  }

  #unlink(slot: Slot): void {
    const { older, newer } = slot;
    if (older === undefined) this.#stalest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    slot.older = undefined;
    slot.newer = undefined;
  }
}
