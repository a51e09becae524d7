import type { PooledLiteral } from './literal-pool.ts';
import type { Work } from './work.ts';

/** A literal to find anywhere, and the number that stands for it. */
export interface SearchedLiteral {
  readonly id: number;
  readonly literal: PooledLiteral;
}

/** Letters of four bytes at once in one case: other characters may fall together, which the comparison tells apart. */
export const FOLD_WORD = 0x20202020;
/** A block times this is its hash, of which the high bits are used. */
export const HASH_FACTOR = 0x9e3779b1 | 0;
const WORD_BYTES = 4;
const STRIDES = [1, 2, 3, 4, 5, 6, 7, 8] as const;
/** One over the chance that a place of a log holds a given block of 1 to 4 bytes, the rarest of its literal. */
const FREQUENT_BLOCKS = [0, 40, 600, 10_000, 100_000];
/** What a block that is met costs, next to a look: a branch that was not foreseen, and tables that are not near. */
const MET_COST = 10;
/** What a pass over a value costs before its first look, shared among the bytes of a usual value. */
const PASS_COST = 0.15;
const BITS_PER_BLOCK = 64;
const KEYS_PER_BLOCK = 2;
const BITS_MIN = 4;
const FILTER_BITS_MAX = 19;
const KEY_BITS_MAX = 20;

/** Numbers that an entry takes in {@link BlockSearcher.entries}. */
export const ENTRY_NUMBERS = 6;

/**
 * Where literals may be in a text. Of each literal a run of `stride` blocks of up to four bytes is known, one for each
 * way it can stand to the places that are looked at: so a look at one block every `stride` bytes meets every literal.
 * A look does not depend on the one before (unlike skips by what was seen), so that the processor does several at once;
 * it asks one bit of a filter, and what passes is compared by one more word before a literal is compared whole.
 */
export interface BlockSearcher {
  readonly stride: number;
  /** Bytes from a text's start to the end of the first block that is looked at. */
  readonly window: number;
  /** Right shift that leaves the block of the four bytes before a place. */
  readonly blockShift: number;
  /** One bit a hash of a block, and the right shift of a hash for it. */
  readonly filter: Int32Array;
  readonly hashShift: number;
  /** Open addressing: pairs of a block and where its list starts; 0 = free. */
  readonly keys: Int32Array;
  readonly keyShift: number;
  /**
   * Lists: their length, then for each entry its number; how far before the block's end its literal starts, and how
   * far after it ends; and a word of it: how far before the block's end it ends, its bits, and which of them count.
   */
  readonly entries: Int32Array;
}

/** Searchers that together find the literals, none of which is empty: short ones apart, when they would slow the rest. */
export function* buildBlockSearchers(literals: readonly SearchedLiteral[]): Work<BlockSearcher[]> {
  const groups = LENGTH_STEPS.map((most, step) => {
    const least = LENGTH_STEPS[step - 1] ?? 0;
    return literals.filter(
      ({ literal: { bytes } }) => bytes.length > least && bytes.length <= most,
    );
  }).filter((group) => group.length > 0);
  yield;
  const searchers: BlockSearcher[] = [];
  for (const group of cheapestCut(groups)) searchers.push(yield* build(group));
  return searchers;
}

/** Literals of lengths between two of these stay together: past each a longer stride becomes possible. */
const LENGTH_STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, Number.POSITIVE_INFINITY];

/** Joins neighbouring groups so that the searches together cost least. */
function cheapestCut(groups: readonly SearchedLiteral[][]): SearchedLiteral[][] {
  const sizes = groups.map(sizeOf);
  const best: { cost: number; cut: SearchedLiteral[][][] }[] = [{ cost: 0, cut: [] }];
  for (let end = 1; end <= groups.length; end += 1) {
    const choices = best.map(({ cost, cut }, start) => {
      const plan = planOf(sizes.slice(start, end).reduce(joinedSize));
      return { cost: cost + PASS_COST + plan.cost, cut: [...cut, groups.slice(start, end)] };
    });
    best.push(choices.reduce((least, choice) => (choice.cost < least.cost ? choice : least)));
  }
  return (best.at(-1)?.cut ?? []).map((joined) => joined.flat());
}

function joinedSize(one: Size, other: Size): Size {
  return {
    count: one.count + other.count,
    shortest: Math.min(one.shortest, other.shortest),
  };
}

interface Plan {
  readonly stride: number;
  readonly block: number;
  /** Expected for each byte of a text. */
  readonly cost: number;
}

interface Size {
  readonly count: number;
  readonly shortest: number;
}

function sizeOf(literals: readonly SearchedLiteral[]): Size {
  let shortest = Number.POSITIVE_INFINITY;
  for (const { literal } of literals) shortest = Math.min(shortest, literal.bytes.length);
  return { count: literals.length, shortest };
}

/** The stride and the length of blocks that are expected to cost least. */
function planOf({ count, shortest }: Size): Plan {
  let best: Plan = { stride: 1, block: 1, cost: Number.POSITIVE_INFINITY };
  for (const stride of STRIDES) {
    for (let block = 1; block <= Math.min(WORD_BYTES, shortest - stride + 1); block += 1) {
      const blocks = count * stride;
      const bits = 2 ** bitsFor(blocks * BITS_PER_BLOCK, FILTER_BITS_MAX);
      const met = Math.min(1, blocks / (FREQUENT_BLOCKS[block] ?? 1)) + blocks / bits;
      const cost = (1 + MET_COST * met) / stride;
      if (cost < best.cost) best = { stride, block, cost };
    }
  }
  return best;
}

function* build(literals: readonly SearchedLiteral[]): Work<BlockSearcher> {
  const { stride, block } = planOf(sizeOf(literals));
  const blockShift = (WORD_BYTES - block) * 8;
  const lists = new Map<number, number[]>();
  for (const { id, literal } of literals) {
    const { bytes } = literal;
    const first = literal.rarestRun(block, stride);
    for (let end = first; end < first + stride; end += 1) {
      const key = wordBefore(bytes, end) >> blockShift;
      let list = lists.get(key);
      if (list === undefined) {
        list = [];
        lists.set(key, list);
      }
      const checked = checkedEnd(bytes.length, end, block);
      const mask = bytes.length < WORD_BYTES ? -1 << ((WORD_BYTES - bytes.length) * 8) : -1;
      const word = wordBefore(bytes, checked) & mask;
      list.push(id, end, bytes.length - end, end - checked, word, mask);
    }
    yield;
  }
  const bits = bitsFor(lists.size * BITS_PER_BLOCK, FILTER_BITS_MAX);
  const filter = new Int32Array(Math.max(1, (1 << bits) / 32));
  for (const key of lists.keys()) {
    const bit = hashOf(key) >>> (32 - bits);
    filter[bit >>> 5] = (filter[bit >>> 5] as number) | (1 << bit);
  }
  const window = stride + block - 1;
  return { stride, window, blockShift, filter, hashShift: 32 - bits, ...listTables(lists) };
}

/** Where the word ends that is compared first: beside the block, on the side where the literal has more. */
function checkedEnd(length: number, blockEnd: number, block: number): number {
  if (length < WORD_BYTES) return length;
  const before = blockEnd - block;
  const after = length - blockEnd;
  return before >= after ? Math.max(WORD_BYTES, before) : Math.min(length, blockEnd + WORD_BYTES);
}

function listTables(
  lists: ReadonlyMap<number, readonly number[]>,
): Pick<BlockSearcher, 'keys' | 'keyShift' | 'entries'> {
  const bits = bitsFor(lists.size * KEYS_PER_BLOCK, KEY_BITS_MAX);
  const keys = new Int32Array(2 << bits);
  let size = 1;
  for (const list of lists.values()) size += 1 + list.length;
  const entries = new Int32Array(size);
  let start = 1;
  for (const [block, list] of lists) {
    let place = (hashOf(block) >>> (32 - bits)) * 2;
    while (keys[place + 1] !== 0) place = (place + 2) & (keys.length - 1);
    keys[place] = block;
    keys[place + 1] = start;
    entries[start] = list.length / ENTRY_NUMBERS;
    entries.set(list, start + 1);
    start += 1 + list.length;
  }
  return { keys, keyShift: 32 - bits, entries };
}

function bitsFor(size: number, most: number): number {
  return Math.min(most, Math.max(BITS_MIN, Math.ceil(Math.log2(size + 1))));
}

/** The hash of a block: its high bits are used. */
export function hashOf(block: number): number {
  return Math.imul(block, HASH_FACTOR);
}

/** The four bytes before `end`, folded, as a text's bytes are read; zero where there are none. */
function wordBefore(bytes: Uint8Array, end: number): number {
  let word = 0;
  for (let at = end - WORD_BYTES; at < end; at += 1) {
    word = (word >>> 8) | ((at < 0 ? 0 : (bytes[at] as number)) << 24);
  }
  return word | FOLD_WORD;
}

/** Bytes of its tables. */
export function searcherBytes({ filter, keys, entries }: BlockSearcher): number {
  return [filter, keys, entries].reduce((sum, table) => sum + table.byteLength, 0);
}
