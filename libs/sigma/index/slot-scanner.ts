import type { Entry } from './atom-table.ts';
import type { Automaton } from './automaton.ts';
import { type AutomatonLiteral, buildSearcher, buildTrie } from './automaton.ts';
import type { SymbolTable } from './symbol-table.ts';

/** How a hit is checked. */
export const ENTRY_EQUALS = 0;
export const ENTRY_PREFIX = 1;
export const ENTRY_SUFFIX = 2;
export const ENTRY_CONTAINS = 3;
export const ENTRY_WILDCARD = 4;

/** The automata of one field. */
export interface SlotScanner {
  /** Literals anywhere in the value. */
  readonly searcher: Automaton | undefined;
  /** Literals at its start: prefixes and whole values. */
  readonly forward: Automaton | undefined;
  /** Literals at its end, read backwards. */
  readonly backward: Automaton | undefined;
  /** Wildcards without any text: asked of every value. */
  readonly always: Int32Array;
}

/**
 * Only the end of a longer literal is in the table and the rest is compared on a hit: ends differ more than starts
 * (`c:\windows\`, `imphash=`), and the table stays small enough for the cache.
 */
export const WINDOW_UNITS = 10;

/** Builds the automata of a field from its entries. */
export function buildScanner(entries: readonly Entry[], table: SymbolTable): SlotScanner {
  const search: AutomatonLiteral[] = [];
  const forward: AutomatonLiteral[] = [];
  const backward: AutomatonLiteral[] = [];
  const always: number[] = [];
  for (const { id, shape } of entries) {
    const symbols = table.symbolsOf(shape.literal);
    if (shape.kind === 'equals' || shape.kind === 'prefix') forward.push({ id, symbols });
    else if (shape.kind === 'suffix') backward.push({ id, symbols: symbols.toReversed() });
    else if (symbols.length === 0) always.push(id);
    else search.push({ id, symbols: symbols.slice(-WINDOW_UNITS) });
  }
  return {
    searcher: search.length === 0 ? undefined : buildSearcher(search, table.size),
    forward: forward.length === 0 ? undefined : buildTrie(forward, table.size),
    backward: backward.length === 0 ? undefined : buildTrie(backward, table.size),
    always: Int32Array.from(always),
  };
}
