/** Bytes that a tenant may take in one turn before the next tenant has its turn. */
export const QUANTUM_BYTES = 64 * 1024;

/** Something of a tenant that has an ordered sequence of items to give. */
export interface Supply<Item> {
  /** The tenant; empty for what is of several or of none, which then share as one. */
  readonly tenantId: string;
  /** The next item without taking it; `undefined` when there is none now. */
  peek(): Item | undefined;
  take(): void;
}

interface Lane<Item> {
  readonly tenantId: string;
  /** Supplies of the tenant that may have items; served in turn. */
  readonly supplies: Supply<Item>[];
  deficit: number;
}

/**
 * Deficit round robin over tenants (Shreedhar and Varghese 1995): each turn of a tenant adds a quantum of bytes,
 * so that tenants share by bytes and not by items, and a flood of one delays another by at most one turn of each.
 */
export class FairQueue<Item> {
  readonly #bytesOf: (item: Item) => number;
  readonly #lanes = new Map<string, Lane<Item>>();
  /** Tenants with something to give; the first one has the turn. */
  #ring: Lane<Item>[] = [];

  constructor(bytesOf: (item: Item) => number) {
    this.#bytesOf = bytesOf;
  }

  /** Tells that a supply may have items. Telling it twice does nothing. */
  wake(supply: Supply<Item>): void {
    let lane = this.#lanes.get(supply.tenantId);
    if (lane === undefined) {
      lane = { tenantId: supply.tenantId, supplies: [], deficit: QUANTUM_BYTES };
      this.#lanes.set(supply.tenantId, lane);
      this.#ring.push(lane);
    }
    if (!lane.supplies.includes(supply)) lane.supplies.push(supply);
  }

  get isEmpty(): boolean {
    return this.#ring.length === 0;
  }

  /** Takes items for one batch: at most `bytesMax`, but one when there is any; at most `itemsMax`. */
  take(bytesMax: number, itemsMax = Number.POSITIVE_INFINITY): Item[] {
    const batch: Item[] = [];
    let bytes = 0;
    for (let lane = this.#ring[0]; lane !== undefined; lane = this.#ring[0]) {
      const item = this.#next(lane);
      if (item === undefined) {
        this.#leave(lane);
        continue;
      }
      const size = this.#bytesOf(item);
      if (batch.length > 0 && (bytes + size > bytesMax || batch.length >= itemsMax)) break;
      if (size > lane.deficit) {
        this.#endTurn(lane);
        continue;
      }
      this.#accept(lane);
      lane.deficit -= size;
      bytes += size;
      batch.push(item);
    }
    return batch;
  }

  /** The next item of a tenant; supplies that have none are left out until they are woken. */
  #next(lane: Lane<Item>): Item | undefined {
    for (let supply = lane.supplies[0]; supply !== undefined; supply = lane.supplies[0]) {
      const item = supply.peek();
      if (item !== undefined) return item;
      lane.supplies.shift();
    }
    return undefined;
  }

  #accept(lane: Lane<Item>): void {
    const supply = lane.supplies.shift();
    if (supply === undefined) return;
    supply.take();
    lane.supplies.push(supply);
  }

  #endTurn(lane: Lane<Item>): void {
    lane.deficit += QUANTUM_BYTES;
    this.#ring.shift();
    this.#ring.push(lane);
  }

  #leave(lane: Lane<Item>): void {
    this.#lanes.delete(lane.tenantId);
    this.#ring.shift();
  }
}
