import type { Entry } from './atom-table.ts';
import { buildEndTrie, type EndLiteral, type EndTrie, trieBytes } from './end-trie.ts';
import {
  buildGramSearcher,
  type GramSearcher,
  type SearchedLiteral,
  searcherBytes,
} from './gram-searcher.ts';
import type { LiteralPool } from './literal-pool.ts';

/** How a hit is checked. */
export const ENTRY_EQUALS = 0;
export const ENTRY_PREFIX = 1;
export const ENTRY_SUFFIX = 2;
export const ENTRY_CONTAINS = 3;
/** The whole pattern is compared: wildcards, and literals whose case counts. */
export const ENTRY_PATTERN = 4;

/** What finds the literals of one field. */
export interface SlotScanner {
  /** Number among the scanners of its index. */
  readonly slot: number;
  /** Literals anywhere in the value. */
  readonly searcher: GramSearcher | undefined;
  /** Literals at its start: prefixes and whole values. */
  readonly forward: EndTrie | undefined;
  /** Literals at its end, read backwards. */
  readonly backward: EndTrie | undefined;
  /** Patterns without any text: asked of every value. */
  readonly always: Int32Array;
  /** Asked of empty values. */
  readonly empty: Int32Array;
}

/** Builds the scanner of a field from its entries. */
export function buildScanner(
  slot: number,
  entries: readonly Entry[],
  pool: LiteralPool,
): SlotScanner {
  const searched: SearchedLiteral[] = [];
  const forward: EndLiteral[] = [];
  const backward: EndLiteral[] = [];
  const always: number[] = [];
  const empty: number[] = [];
  for (const { id, shape } of entries) {
    const literal = pool.literal(shape.literal);
    const { bytes } = literal;
    if (bytes.length === 0) (shape.kind === 'equals' ? empty : always).push(id);
    else if (shape.kind === 'equals' || shape.kind === 'prefix') forward.push({ id, bytes });
    else if (shape.kind === 'suffix') backward.push({ id, bytes: bytes.toReversed() });
    else searched.push({ id, literal });
  }
  return {
    slot,
    searcher: searched.length === 0 ? undefined : buildGramSearcher(searched),
    forward: forward.length === 0 ? undefined : buildEndTrie(forward),
    backward: backward.length === 0 ? undefined : buildEndTrie(backward),
    always: Int32Array.from(always),
    empty: Int32Array.from(empty),
  };
}

/** Bytes of its tables. */
export function scannerBytes({ searcher, forward, backward, always }: SlotScanner): number {
  const tries = [forward, backward].reduce(
    (sum, trie) => sum + (trie === undefined ? 0 : trieBytes(trie)),
    0,
  );
  return tries + always.byteLength + (searcher === undefined ? 0 : searcherBytes(searcher));
}
