import { FOLD_BYTE } from './canonical-bytes.ts';
import type { PooledLiteral } from './literal-pool.ts';

/** A literal to find anywhere, and the number that stands for it. */
export interface SearchedLiteral {
  readonly id: number;
  readonly literal: PooledLiteral;
}

/** Letters of four bytes at once in one case: other characters may fall together, which the comparison tells apart. */
export const FOLD_WORD = 0x20202020;
const HASH = 0x9e3779b1 | 0;
/** Windows are looked at no longer than this: longer skips are rare anyway. */
const WINDOW_MAX = 24;
/** One over the chance that a place of a log holds a given block of 1 to 4 bytes, the rarest of its literal. */
const FREQUENT_BLOCKS = [0, 40, 600, 10_000, 200_000];
/** What comparing one literal costs, next to looking at a block. */
const COMPARE_COST = 25;
const BITS_PER_BLOCK = 16;
const BITS_MIN = 8;
const SHIFT_BITS_MAX = 14;
const FILTER_BITS_MAX = 18;

/**
 * Where literals may be in a text (Wu and Manber, over blocks of up to four bytes read at once). Each literal has a
 * window of the same length; a look at the block at a window's end says how far the next window's end is at least.
 * Nothing is followed from state to state, and the tables stay in the first cache.
 */
export interface BlockSearcher {
  /** Bytes of a window: the length of the shortest literal, or less. */
  readonly window: number;
  /** Right shift that leaves the block of the four bytes before a place. */
  readonly blockShift: number;
  /** By hash of the block: how far to go on; 0 = look closer. Undefined where every place must be looked at. */
  readonly shifts: Uint8Array | undefined;
  /** One bit a hash of a block at a window's end. */
  readonly filter: Int32Array;
  /** Right shift of a hash for `shifts` or `filter`. */
  readonly hashShift: number;
  /** Open addressing: blocks, and where their lists start; 0 = free. */
  readonly keys: Int32Array;
  readonly lists: Int32Array;
  readonly keyShift: number;
  /** Lists: their length, then for each entry its number and how far before the end of its window its literal starts. */
  readonly entries: Int32Array;
}

/** Searchers that together find the literals, none of which is empty: short ones apart, when they would slow the rest. */
export function buildBlockSearchers(literals: readonly SearchedLiteral[]): BlockSearcher[] {
  const groups = LENGTH_STEPS.map((most, step) => {
    const least = LENGTH_STEPS[step - 1] ?? 0;
    return literals.filter(
      ({ literal: { bytes } }) => bytes.length > least && bytes.length <= most,
    );
  }).filter((group) => group.length > 0);
  return cheapestCut(groups).map(build);
}

/** Literals of lengths between two of these stay together. */
const LENGTH_STEPS = [1, 2, 3, 5, 7, 11, Number.POSITIVE_INFINITY];

/** Joins neighbouring groups so that the searches together cost least. */
function cheapestCut(groups: readonly SearchedLiteral[][]): SearchedLiteral[][] {
  const best: { cost: number; cut: SearchedLiteral[][] }[] = [{ cost: 0, cut: [] }];
  for (let end = 1; end <= groups.length; end += 1) {
    const choices = best.map(({ cost, cut }, start) => {
      const joined = groups.slice(start, end).flat();
      return { cost: cost + planOf(joined).cost, cut: [...cut, joined] };
    });
    best.push(choices.reduce((least, choice) => (choice.cost < least.cost ? choice : least)));
  }
  return best.at(-1)?.cut ?? [];
}

interface Plan {
  readonly window: number;
  readonly block: number;
  readonly cost: number;
}

/** The block length that is expected to skip best. */
function planOf(literals: readonly SearchedLiteral[]): Plan {
  const shortest = literals.reduce(
    (least, { literal }) => Math.min(least, literal.bytes.length),
    WINDOW_MAX,
  );
  let best: Plan = { window: shortest, block: 1, cost: Number.POSITIVE_INFINITY };
  for (let block = 1; block <= Math.min(4, shortest); block += 1) {
    const frequent = FREQUENT_BLOCKS[block] ?? 1;
    const places = shortest - block + 1;
    const met = Math.min(1, (literals.length * places) / frequent);
    const compared = (COMPARE_COST * literals.length) / frequent;
    const cost = (1 + compared) / (places * (1 - met) + met);
    if (cost < best.cost) best = { window: shortest, block, cost };
  }
  return best;
}

function build(literals: readonly SearchedLiteral[]): BlockSearcher {
  const { window, block } = planOf(literals);
  const blockShift = (4 - block) * 8;
  const skips = window > block;
  const lists = new Map<number, number[]>();
  const blocks: [hash: number, distance: number][] = [];
  for (const { id, literal } of literals) {
    const start = literal.windowStart(window);
    const last = start + window;
    for (let end = start + block; end <= last; end += 1) {
      blocks.push([hashOf(blockAt(literal.bytes, end, blockShift)), last - end]);
    }
    const key = blockAt(literal.bytes, last, blockShift);
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [id, last]);
    else list.push(id, last);
  }
  const bits = bitsFor(blocks.length * BITS_PER_BLOCK, skips ? SHIFT_BITS_MAX : FILTER_BITS_MAX);
  const filter = new Int32Array(skips ? 0 : Math.max(1, (1 << bits) / 32));
  const shifts = skips ? new Uint8Array(1 << bits).fill(window - block + 1) : undefined;
  for (const [hash, distance] of blocks) {
    const place = hash >>> (32 - bits);
    if (shifts !== undefined) shifts[place] = Math.min(shifts[place] as number, distance);
    else filter[place >>> 5] = (filter[place >>> 5] as number) | (1 << place);
  }
  return {
    window,
    blockShift,
    shifts,
    filter,
    hashShift: 32 - bits,
    ...listTables(lists),
  };
}

function listTables(
  lists: ReadonlyMap<number, readonly number[]>,
): Pick<BlockSearcher, 'keys' | 'lists' | 'keyShift' | 'entries'> {
  const bits = bitsFor(lists.size * 2, FILTER_BITS_MAX);
  const keys = new Int32Array(1 << bits);
  const starts = new Int32Array(1 << bits);
  const entries: number[] = [0];
  for (const [block, list] of lists) {
    let place = hashOf(block) >>> (32 - bits);
    while (starts[place] !== 0) place = (place + 1) & (keys.length - 1);
    keys[place] = block;
    starts[place] = entries.length;
    entries.push(list.length / 2, ...list);
  }
  return { keys, lists: starts, keyShift: 32 - bits, entries: Int32Array.from(entries) };
}

function bitsFor(size: number, most: number): number {
  return Math.min(most, Math.max(BITS_MIN, Math.ceil(Math.log2(size + 1))));
}

/** The hash of a block: its high bits are used. */
export function hashOf(block: number): number {
  return Math.imul(block, HASH);
}

/** The block of bytes that ends before `end`, as a text's bytes are read: four at once, what is before it cut off. */
function blockAt(bytes: Uint8Array, end: number, blockShift: number): number {
  let word = 0;
  for (let at = end - 4; at < end; at += 1) {
    word = (word >>> 8) | ((at < 0 ? 0 : (bytes[at] as number)) << 24);
  }
  return (word | FOLD_WORD) >> blockShift;
}

/** Whether a literal stands at `from`, in any case. */
export function literalStandsAt(bytes: Uint8Array, from: number, literal: Uint8Array): boolean {
  for (let at = 0; at < literal.length; at += 1) {
    if (FOLD_BYTE[bytes[from + at] as number] !== literal[at]) return false;
  }
  return true;
}

/** Bytes of its tables. */
export function searcherBytes({ filter, shifts, keys, lists, entries }: BlockSearcher): number {
  const tables = [filter, keys, lists, entries];
  return tables.reduce((sum, table) => sum + table.byteLength, shifts?.byteLength ?? 0);
}
