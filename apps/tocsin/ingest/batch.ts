import type { Item } from './item.ts';
import type { Ledger, Range } from './ledger.ts';

/** Most items of one request. */
export const BATCH_ITEMS_MAX = 500;
/** Most bytes of one request; a single longer item goes alone. */
export const BATCH_BYTES_MAX = 256 * 1024;

/** What goes out in one request. */
export interface Batch {
  readonly items: readonly Buffer[];
  readonly range: Range;
}

/** Groups items into requests, leaving out those that an earlier call had acknowledged. */
export async function* batchItems(
  items: AsyncIterable<Item>,
  ledger: Pick<Ledger, 'has'>,
): AsyncGenerator<Batch> {
  let held: Item[] = [];
  let bytes = 0;
  for await (const item of items) {
    if (ledger.has(item.start, item.end)) {
      // A request must not reach over a piece that is done: its range would claim more than it sends.
      if (held.length > 0) yield batchOf(held.splice(0));
      bytes = 0;
      continue;
    }
    const isFull = held.length >= BATCH_ITEMS_MAX || bytes + item.bytes.length > BATCH_BYTES_MAX;
    if (isFull && held.length > 0) {
      yield batchOf(held);
      held = [];
      bytes = 0;
    }
    held.push(item);
    bytes += item.bytes.length + 1;
  }
  if (held.length > 0) yield batchOf(held);
}

function batchOf(items: readonly Item[]): Batch {
  const start = items[0]?.start ?? 0;
  return { items: items.map(({ bytes }) => bytes), range: [start, items.at(-1)?.end ?? start] };
}
