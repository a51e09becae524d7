import { type Entry, KEYWORD_SLOT } from './atom-table.ts';
import {
  type BlockSearcher,
  buildBlockSearchers,
  type SearchedLiteral,
  searcherBytes,
} from './block-searcher.ts';
import { buildEndTrie, type EndLiteral, type EndTrie, trieBytes } from './end-trie.ts';
import type { LiteralPool } from './literal-pool.ts';
import type { Work } from './work.ts';

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
  /** Literals in ASCII anywhere in the value; of keywords all, so that a line is searched at once. */
  readonly searchers: readonly BlockSearcher[];
  /** The same of other literals: values in ASCII are not searched for them. */
  readonly beyond: readonly BlockSearcher[];
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
export function* buildScanner(
  slot: number,
  entries: readonly Entry[],
  pool: LiteralPool,
): Work<SlotScanner> {
  const searched: SearchedLiteral[] = [];
  const forward: EndLiteral[] = [];
  const backward: EndLiteral[] = [];
  const always: number[] = [];
  const empty: number[] = [];
  for (const { id, shape } of entries) {
    const literal = pool.literal(shape.literal);
    const { bytes } = literal;
    if (bytes.length === 0) (shape.kind === 'equals' ? empty : always).push(id);
    else if (slot === KEYWORD_SLOT) searched.push({ id, literal });
    else if (shape.kind === 'equals' || shape.kind === 'prefix') forward.push({ id, bytes });
    else if (shape.kind === 'suffix') backward.push({ id, bytes: bytes.toReversed() });
    else searched.push({ id, literal });
    yield;
  }
  return {
    slot,
    searchers: yield* buildBlockSearchers(searched.filter(({ literal }) => literal.isAscii)),
    beyond: yield* buildBlockSearchers(searched.filter(({ literal }) => !literal.isAscii)),
    forward: forward.length === 0 ? undefined : buildEndTrie(forward),
    backward: backward.length === 0 ? undefined : buildEndTrie(backward),
    always: Int32Array.from(always),
    empty: Int32Array.from(empty),
  };
}

/** Bytes of its tables. */
export function scannerBytes(scanner: SlotScanner): number {
  const { searchers, beyond, forward, backward, always } = scanner;
  let bytes = always.byteLength;
  for (const searcher of [...searchers, ...beyond]) bytes += searcherBytes(searcher);
  for (const trie of [forward, backward]) if (trie !== undefined) bytes += trieBytes(trie);
  return bytes;
}
