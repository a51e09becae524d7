import type { Entry } from './atom-table.ts';
import type { Automaton } from './automaton.ts';
import { type AutomatonLiteral, buildSearcher, buildTrie } from './automaton.ts';
import { OTHER_SYMBOL, type SymbolTable } from './symbol-table.ts';

/** How a hit is checked. */
export const ENTRY_EQUALS = 0;
export const ENTRY_PREFIX = 1;
export const ENTRY_SUFFIX = 2;
export const ENTRY_CONTAINS = 3;
export const ENTRY_WILDCARD = 4;

/** Automata over one alphabet. */
export interface AutomataSet {
  /** Literals anywhere in the value. */
  readonly searcher: Automaton | undefined;
  /** Literals at its start: prefixes and whole values. */
  readonly forward: Automaton | undefined;
  /** Literals at its end, read backwards. */
  readonly backward: Automaton | undefined;
}

/** The automata of one field. */
export interface SlotScanner {
  readonly ascii: AutomataSet;
  /** Literals with other characters, asked only of values that have some: their alphabet is twenty times as large. */
  readonly beyond: AutomataSet | undefined;
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
  const ascii = new LiteralLists();
  const beyond = new LiteralLists();
  const always: number[] = [];
  for (const { id, shape } of entries) {
    const symbols = table.symbolsOf(shape.literal);
    if (shape.kind === 'wildcard' && symbols.length === 0) always.push(id);
    else {
      const lists = symbols.some((symbol) => symbol >= OTHER_SYMBOL) ? beyond : ascii;
      lists.add(id, shape.kind, symbols);
    }
  }
  return {
    ascii: ascii.build(table.size),
    beyond: beyond.isEmpty ? undefined : beyond.build(table.size),
    always: Int32Array.from(always),
  };
}

class LiteralLists {
  readonly #search: AutomatonLiteral[] = [];
  readonly #forward: AutomatonLiteral[] = [];
  readonly #backward: AutomatonLiteral[] = [];

  get isEmpty(): boolean {
    return this.#search.length + this.#forward.length + this.#backward.length === 0;
  }

  add(id: number, kind: Entry['shape']['kind'], symbols: Uint16Array): void {
    if (kind === 'equals' || kind === 'prefix') this.#forward.push({ id, symbols });
    else if (kind === 'suffix') this.#backward.push({ id, symbols: symbols.toReversed() });
    else this.#search.push({ id, symbols: symbols.slice(-WINDOW_UNITS) });
  }

  build(symbols: number): AutomataSet {
    const built = (literals: AutomatonLiteral[], build: typeof buildTrie): Automaton | undefined =>
      literals.length === 0 ? undefined : build(literals, symbols);
    return {
      searcher: built(this.#search, buildSearcher),
      forward: built(this.#forward, buildTrie),
      backward: built(this.#backward, buildTrie),
    };
  }
}
