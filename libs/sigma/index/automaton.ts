import { type ClassTable, classTable } from './class-table.ts';

/** A literal to find, and the number that stands for it. */
export interface AutomatonLiteral {
  readonly symbols: Uint16Array;
  readonly id: number;
}

/**
 * A finite automaton in one table. `next[state + class]` is the state after, already multiplied by the number of
 * classes; it is inverted (`~state`) when the state has outputs, so that one comparison a character decides.
 */
export interface Automaton {
  readonly classes: ClassTable;
  readonly next: Int32Array;
  /** By state number: where its outputs start in {@link Automaton.outputs}; they end where the next state's start. */
  readonly outputStarts: Int32Array;
  readonly outputs: Int32Array;
}

/** No way on: only in tries. */
export const DEAD = 0x7fff_ffff;

class TrieBuilder {
  readonly classes: ClassTable;
  next: Int32Array<ArrayBuffer>;
  readonly outputs: (number[] | undefined)[] = [undefined];
  states = 1;

  constructor(literals: readonly AutomatonLiteral[], symbols: number) {
    this.classes = classTable(
      literals.map((literal) => literal.symbols),
      symbols,
    );
    this.next = new Int32Array(this.classes.count * 64);
    for (const literal of literals) this.#add(literal);
  }

  /** State 0 is the start, so 0 also says that there is no edge: none leads back to the start. */
  #add({ symbols, id }: AutomatonLiteral): void {
    const { count, ofSymbol } = this.classes;
    let state = 0;
    for (const symbol of symbols) {
      const edge = state * count + (ofSymbol[symbol] as number);
      let to = this.next[edge] as number;
      if (to === 0) {
        to = this.#newState();
        this.next[edge] = to;
      }
      state = to;
    }
    const ids = this.outputs[state];
    if (ids === undefined) this.outputs[state] = [id];
    else if (!ids.includes(id)) ids.push(id);
  }

  #newState(): number {
    const state = this.states;
    this.states += 1;
    this.outputs.push(undefined);
    const needed = this.states * this.classes.count;
    if (needed > this.next.length) {
      const grown = new Int32Array(Math.max(needed, Math.ceil(this.next.length * 1.5)));
      grown.set(this.next);
      this.next = grown;
    }
    return state;
  }
}

/** Finds literals anywhere in a text (Aho and Corasick): every state has a way on for every class. */
export function buildSearcher(literals: readonly AutomatonLiteral[], symbols: number): Automaton {
  const trie = new TrieBuilder(literals, symbols);
  const { count } = trie.classes;
  const { next, outputs, states } = trie;
  const fail = new Int32Array(states);
  const queue = new Int32Array(states);
  let tail = 1;
  for (let head = 0; head < tail; head += 1) {
    const state = queue[head] as number;
    const back = fail[state] as number;
    if (state !== 0) mergeOutputs(outputs, state, back);
    for (let kind = 0; kind < count; kind += 1) {
      const to = next[state * count + kind] as number;
      const fallback = state === 0 ? 0 : (next[back * count + kind] as number);
      if (to === 0) next[state * count + kind] = fallback;
      else {
        fail[to] = fallback;
        queue[tail] = to;
        tail += 1;
      }
    }
  }
  return packed(trie, 0);
}

function mergeOutputs(outputs: (number[] | undefined)[], state: number, back: number): void {
  const inherited = outputs[back];
  if (inherited === undefined) return;
  const own = outputs[state];
  outputs[state] = own === undefined ? inherited : [...own, ...inherited];
}

/** Finds literals at one end of a text only: {@link DEAD} where there is no way on. Backward: give them reversed. */
export function buildTrie(literals: readonly AutomatonLiteral[], symbols: number): Automaton {
  return packed(new TrieBuilder(literals, symbols), DEAD);
}

function packed(trie: TrieBuilder, none: number): Automaton {
  const { count } = trie.classes;
  const size = trie.states * count;
  const next = new Int32Array(size);
  for (let edge = 0; edge < size; edge += 1) {
    const to = trie.next[edge] as number;
    if (to === 0) next[edge] = none;
    else next[edge] = trie.outputs[to] === undefined ? to * count : ~(to * count);
  }
  const outputStarts = new Int32Array(trie.states + 1);
  const outputs: number[] = [];
  for (let state = 0; state < trie.states; state += 1) {
    outputStarts[state] = outputs.length;
    for (const id of trie.outputs[state] ?? []) outputs.push(id);
  }
  outputStarts[trie.states] = outputs.length;
  return { classes: trie.classes, next, outputStarts, outputs: Int32Array.from(outputs) };
}
