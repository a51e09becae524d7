import type { Random } from '@tocsin/kernel/random.ts';
import { SeenIds } from './seen-ids.ts';

/** Ids remembered over all tenants and both days, at most: about 32 bytes each. Past it ids are not checked, and counted. */
export const CLIENT_IDS_MAX = 8_000_000;

/**
 * The event ids that clients gave on this received day and the one before, exactly, per tenant (design 3.2).
 * Derived ids are not here: the applied offset covers them.
 */
export class ClientIds {
  readonly #days: Map<string, SeenIds>[] = [new Map(), new Map()];
  #size = 0;
  readonly #random: Random;
  readonly #sizeMax: number;
  /** Ids that could not be checked because the limit was reached. */
  unchecked = 0;

  constructor(random: Random, sizeMax: number = CLIENT_IDS_MAX) {
    this.#random = random;
    this.#sizeMax = sizeMax;
  }

  /** Forgets the day before yesterday: called when the received day changes. */
  nextDay(): void {
    const gone = this.#days.pop();
    for (const ids of gone?.values() ?? []) this.#size -= ids.size;
    this.#days.unshift(new Map());
  }

  /** Remembers an id; true when it was there already. `daysAgo` is 0 or 1. */
  seen(tenantId: string, uuid: string, daysAgo = 0): boolean {
    if (this.#days.some((day) => day.get(tenantId)?.has(uuid))) return true;
    if (this.#size >= this.#sizeMax) {
      this.unchecked += 1;
      return false;
    }
    const day = this.#days[daysAgo];
    let ids = day?.get(tenantId);
    if (ids === undefined) {
      ids = new SeenIds(Math.floor(this.#random.fraction() * 0xffffffff));
      day?.set(tenantId, ids);
    }
    ids.add(uuid);
    this.#size += 1;
    return false;
  }
}
