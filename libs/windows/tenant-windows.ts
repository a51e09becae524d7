import { stepWindow } from '@tocsin/correlation/step-window.ts';
import type { WindowState } from '@tocsin/correlation/window.ts';
import type { WindowGroup } from '@tocsin/correlation/window-group.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { WindowAdd } from './window-store.ts';

/** Key of a group within its tenant. The rule's id has no NUL, so two pairs never share a key. */
export function groupKey(ruleId: string, group: string): string {
  return `${ruleId}\0${group}`;
}

/**
 * The groups of one tenant, at most `groupsMax`. Kept in the order of their last add, so that the
 * stalest is the first and goes first.
 */
export class TenantWindows {
  readonly #groups: Map<string, WindowGroup>;
  readonly #groupsMax: number;
  /**
   * Walks from the stalest group on. Kept, because a new one would step again over every place that a moved group
   * has left. A group that was moved stands behind it, so what it passes is always gone.
   */
  readonly #stalest: Iterator<string>;
  #evicted = 0;

  constructor(groupsMax: number, groups: Iterable<readonly [string, WindowGroup]> = []) {
    this.#groupsMax = groupsMax;
    this.#groups = new Map(groups);
    this.#stalest = this.#groups.keys();
    this.#evict();
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Groups given up since the start because of the limit. */
  get evicted(): number {
    return this.#evicted;
  }

  add(add: WindowAdd): WindowState {
    const key = groupKey(add.rule.id, add.group);
    const { state, result } = stepWindow(add.rule, this.#groups.get(key), add);
    this.#groups.delete(key);
    this.#groups.set(key, state);
    this.#evict();
    return result;
  }

  /** The groups as they are now, stalest first. Groups are immutable, so this is a copy of the list only. */
  capture(): readonly (readonly [string, WindowGroup])[] {
    return [...this.#groups];
  }

  #evict(): void {
    while (this.#groups.size > this.#groupsMax) {
      const { value: key } = this.#stalest.next();
      assert(key !== undefined, 'there is a stalest group while there are too many');
      this.#groups.delete(key);
      this.#evicted += 1;
    }
  }
}
