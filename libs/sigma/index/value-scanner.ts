import { FOLD_BYTE, isCharacterStart } from './canonical-bytes.ts';
import type { CompiledIndex } from './compiled-index.ts';
import { DEAD, type EndTrie } from './end-trie.ts';
import type { GramSearcher } from './gram-searcher.ts';
import {
  ENTRY_CONTAINS,
  ENTRY_EQUALS,
  ENTRY_PATTERN,
  ENTRY_PREFIX,
  type SlotScanner,
} from './slot-scanner.ts';
import type { ValueBuffer } from './value-buffer.ts';
import { matchWildcard } from './wildcard.ts';

const HASH = 0x9e3779b1 | 0;
const SERIAL_MAX = 0x3fff_ffff;

/** Finds which entries of a field hold for a value. What it finds depends on the value only. */
export class ValueScanner {
  /** Entries found, valid until the next scan. */
  readonly hits: Int32Array;
  count = 0;
  readonly #index: CompiledIndex;
  readonly #values: ValueBuffer;
  /** The value for which an entry was decided last: it is not looked at twice. */
  readonly #decided: Int32Array;
  #serial = 0;
  #value = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  constructor(index: CompiledIndex, values: ValueBuffer) {
    this.#index = index;
    this.#values = values;
    this.#decided = new Int32Array(index.entryKind.length);
    this.hits = new Int32Array(index.entryKind.length);
  }

  scan(scanner: SlotScanner, value: number): void {
    this.count = 0;
    this.#serial += 1;
    if (this.#serial > SERIAL_MAX) {
      this.#serial = 1;
      this.#decided.fill(0);
    }
    this.#value = value;
    this.#bytes = this.#values.bytesOf(value);
    this.#start = this.#values.starts[value] as number;
    this.#end = this.#values.ends[value] as number;
    if (this.#start === this.#end) this.#addAll(scanner.empty);
    if (scanner.forward !== undefined) this.#forward(scanner.forward);
    if (scanner.backward !== undefined) this.#backward(scanner.backward);
    if (scanner.searcher !== undefined) this.#search(scanner.searcher);
    for (let at = 0; at < scanner.always.length; at += 1) {
      const entry = scanner.always[at] as number;
      if (this.#patternFits(entry)) this.#add(entry);
    }
  }

  #addAll(entries: Int32Array): void {
    for (let at = 0; at < entries.length; at += 1) this.#add(entries[at] as number);
  }

  #add(entry: number): void {
    this.#decided[entry] = this.#serial;
    this.hits[this.count] = entry;
    this.count += 1;
  }

  #search(searcher: GramSearcher): void {
    const { filter, filterShift } = searcher;
    if (searcher.pairs !== undefined) this.#searchPairs(searcher, searcher.pairs);
    const bytes = this.#bytes;
    const end = this.#end;
    const fold = FOLD_BYTE;
    let gram = 0;
    for (let at = this.#start; at < end; at += 1) {
      gram = (gram << 8) | (fold[bytes[at] as number] as number);
      const bit = Math.imul(gram, HASH) >>> filterShift;
      if (((filter[bit >>> 5] as number) & (1 << bit)) !== 0) this.#gramMet(searcher, gram, at);
    }
  }

  #searchPairs(searcher: GramSearcher, pairs: Int32Array): void {
    const { pairClasses, pairCount } = searcher;
    const bytes = this.#bytes;
    const end = this.#end;
    let row = 0;
    for (let at = this.#start; at < end; at += 1) {
      const kind = pairClasses[bytes[at] as number] as number;
      const list = pairs[row + kind] as number;
      row = kind * pairCount;
      if (list !== 0) this.#check(searcher.entries, list, at);
    }
  }

  #gramMet({ keys, lists, keyShift, entries }: GramSearcher, gram: number, at: number): void {
    let place = Math.imul(gram, HASH) >>> keyShift;
    for (;;) {
      const list = lists[place] as number;
      if (list === 0) return;
      if (keys[place] === gram) {
        this.#check(entries, list, at);
        return;
      }
      place = (place + 1) & (keys.length - 1);
    }
  }

  #check(entries: Int32Array, list: number, at: number): void {
    const last = list + 1 + (entries[list] as number) * 2;
    for (let place = list + 1; place < last; place += 2) {
      const entry = entries[place] as number;
      if (this.#decided[entry] === this.#serial) continue;
      this.#decide(entry, at - (entries[place + 1] as number));
    }
  }

  /** A literal may start at `from`: compares it and what else its entry asks. */
  #decide(entry: number, from: number): void {
    const literal = this.#index.entryLiterals[entry] as Uint8Array;
    const to = from + literal.length;
    if (from < this.#start || to > this.#end) return;
    const kind = this.#index.entryKind[entry] as number;
    if (kind < ENTRY_CONTAINS) {
      const atStart = kind === ENTRY_EQUALS || kind === ENTRY_PREFIX;
      if (atStart && from !== this.#start) return;
      if (kind !== ENTRY_PREFIX && to !== this.#end) return;
    }
    const bytes = this.#bytes;
    for (let at = 0; at < literal.length; at += 1) {
      if (FOLD_BYTE[bytes[from + at] as number] !== literal[at]) return;
    }
    if (!isCharacterStart(bytes, this.#start, from)) return;
    if (kind === ENTRY_PATTERN) {
      // Whether the pattern fits does not depend on the place: it is asked once a value.
      this.#decided[entry] = this.#serial;
      if (!this.#patternFits(entry)) return;
    }
    this.#add(entry);
  }

  #patternFits(entry: number): boolean {
    const pattern = this.#index.entryPatterns[entry];
    if (pattern === undefined) return false;
    const start = this.#values.unitStart(this.#value);
    const end = this.#values.unitEnd(this.#value);
    const { raw, symbols } = this.#values;
    return matchWildcard(pattern.units, pattern.cased ? raw : symbols, raw, start, end);
  }

  #forward(trie: EndTrie): void {
    const { next, classes } = trie;
    const bytes = this.#bytes;
    let state = 0;
    for (let at = this.#start; at < this.#end; at += 1) {
      state = next[state + (classes[bytes[at] as number] as number)] as number;
      if (state === DEAD) return;
      if (state < 0) {
        state = ~state;
        this.#outputs(trie, state, true);
      }
    }
  }

  #backward(trie: EndTrie): void {
    const { next, classes } = trie;
    const bytes = this.#bytes;
    let state = 0;
    for (let at = this.#end - 1; at >= this.#start; at -= 1) {
      state = next[state + (classes[bytes[at] as number] as number)] as number;
      if (state === DEAD) return;
      if (state < 0) {
        state = ~state;
        this.#outputs(trie, state, false);
      }
    }
  }

  #outputs(trie: EndTrie, state: number, atStart: boolean): void {
    const number = state / trie.classCount;
    const last = trie.outputStarts[number + 1] as number;
    for (let place = trie.outputStarts[number] as number; place < last; place += 1) {
      const entry = trie.outputs[place] as number;
      const { length } = this.#index.entryLiterals[entry] as Uint8Array;
      this.#decide(entry, atStart ? this.#start : this.#end - length);
    }
  }
}
