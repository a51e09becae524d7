import { FOLD_BYTE } from './canonical-bytes.ts';
import { GRAM_BYTES, gramAt, type PooledLiteral } from './literal-pool.ts';

/** A literal to find anywhere, and the number that stands for it. */
export interface SearchedLiteral {
  readonly id: number;
  readonly literal: PooledLiteral;
}

const HASH = 0x9e3779b1 | 0;
/** Filter bits for each gram: one place of a text in so many is looked at in vain. */
const BITS_PER_GRAM = 16;
const BITS_MIN = 10;
const BITS_MAX = 18;

/**
 * Where literals may be in a text: a filter of four-byte grams that stays in the first cache, a table behind it that
 * says whose gram it is, and pairs of bytes for literals too short to have one. Each place of a text costs the same,
 * whatever came before; nothing is followed from state to state.
 */
export interface GramSearcher {
  /** One bit a hash of a gram. */
  readonly filter: Int32Array;
  readonly filterShift: number;
  /** Open addressing: grams, and where their lists start; 0 = free. */
  readonly keys: Int32Array;
  readonly lists: Int32Array;
  readonly keyShift: number;
  /** By class of the byte before and of the byte: where the list of literals that end here starts, or 0. */
  readonly pairs: Int32Array | undefined;
  readonly pairClasses: Uint8Array;
  readonly pairCount: number;
  /** Lists: their length, then for each entry its number and how far before the place its literal starts. */
  readonly entries: Int32Array;
}

/** Builds a searcher. Literals are not empty. */
export function buildGramSearcher(literals: readonly SearchedLiteral[]): GramSearcher {
  const long = literals.filter(({ literal }) => literal.bytes.length >= GRAM_BYTES);
  const short = literals.filter(({ literal }) => literal.bytes.length < GRAM_BYTES);
  const entries: number[] = [0];
  const byGram = new Map<number, [id: number, back: number][]>();
  for (const { id, literal } of long) {
    push(byGram, gramAt(literal.bytes, literal.gram), [id, literal.gram + GRAM_BYTES - 1]);
  }
  const bits = clampedBits(byGram.size * BITS_PER_GRAM);
  const keyBits = clampedBits(byGram.size * 2);
  const filter = new Int32Array((1 << bits) / 32);
  const keys = new Int32Array(1 << keyBits);
  const lists = new Int32Array(1 << keyBits);
  for (const [gram, list] of byGram) {
    const hash = Math.imul(gram, HASH);
    const bit = hash >>> (32 - bits);
    filter[bit >>> 5] = (filter[bit >>> 5] as number) | (1 << bit);
    let place = hash >>> (32 - keyBits);
    while (lists[place] !== 0) place = (place + 1) & (keys.length - 1);
    keys[place] = gram;
    lists[place] = addList(entries, list);
  }
  return {
    filter,
    filterShift: 32 - bits,
    keys,
    lists,
    keyShift: 32 - keyBits,
    ...buildPairs(short, entries),
    entries: Int32Array.from(entries),
  };
}

function clampedBits(size: number): number {
  return Math.min(BITS_MAX, Math.max(BITS_MIN, Math.ceil(Math.log2(size + 1))));
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function addList(entries: number[], list: readonly (readonly [number, number])[]): number {
  const start = entries.length;
  entries.push(list.length, ...list.flat());
  return start;
}

function buildPairs(
  short: readonly SearchedLiteral[],
  entries: number[],
): Pick<GramSearcher, 'pairs' | 'pairClasses' | 'pairCount'> {
  const pairClasses = new Uint8Array(256);
  if (short.length === 0) return { pairs: undefined, pairClasses, pairCount: 1 };
  const used = new Set(short.flatMap(({ literal }) => [...literal.bytes]));
  const pairCount = used.size + 1;
  for (const [index, byte] of [...used].entries()) {
    for (let from = 0; from < 256; from += 1) {
      if (FOLD_BYTE[from] === byte) pairClasses[from] = index + 1;
    }
  }
  const byPair = new Map<number, [number, number][]>();
  for (const { id, literal } of short) {
    const { bytes } = literal;
    const last = pairClasses[bytes.at(-1) as number] as number;
    const back = bytes.length - 1;
    if (back > 0) {
      push(byPair, (pairClasses[bytes.at(-2) as number] as number) * pairCount + last, [id, back]);
    } else {
      for (let before = 0; before < pairCount; before += 1) {
        push(byPair, before * pairCount + last, [id, 0]);
      }
    }
  }
  const pairs = new Int32Array(pairCount * pairCount);
  for (const [pair, list] of byPair) pairs[pair] = addList(entries, list);
  return { pairs, pairClasses, pairCount };
}

/** Bytes of its tables. */
export function searcherBytes(searcher: GramSearcher): number {
  const { filter, keys, lists, pairs, pairClasses, entries } = searcher;
  const tables = [filter, keys, lists, pairClasses, entries];
  return tables.reduce((sum, table) => sum + table.byteLength, pairs?.byteLength ?? 0);
}
