import { type BlockSearcher, ENTRY_NUMBERS, FOLD_WORD, HASH_FACTOR } from './block-searcher.ts';
import { FOLD_BYTE, isCharacterStart } from './canonical-bytes.ts';
import type { CompiledIndex } from './compiled-index.ts';
import { DEAD, type EndTrie } from './end-trie.ts';
import { FoundPlaces } from './found-places.ts';
import type { JsonChunk } from './json-chunk.ts';
import {
  ENTRY_CONTAINS,
  ENTRY_EQUALS,
  ENTRY_PATTERN,
  ENTRY_PREFIX,
  type SlotScanner,
} from './slot-scanner.ts';
import type { ValueBuffer } from './value-buffer.ts';
import { matchWildcard } from './wildcard.ts';

const WORD_BYTES = 4;
// What is imported is looked up anew at each use; these are constants to the compiler.
const FOLD = FOLD_WORD;
const HASH = HASH_FACTOR;
const NUMBERS = ENTRY_NUMBERS;
const FOLDED = FOLD_BYTE;
const NOWHERE = DEAD;
const NO_BYTES = new Uint8Array(0);
const SERIAL_MAX = 0x3fff_ffff;

/** Finds which entries of a field hold for a value. What it finds depends on the value only. */
export class ValueScanner {
  /** Entries found, valid until the next scan. */
  readonly hits: Int32Array;
  count = 0;
  readonly #index: CompiledIndex;
  readonly #values: ValueBuffer;
  readonly #literals: Uint8Array;
  readonly #literalStart: Int32Array;
  /** The value for which an entry was decided last: it is not looked at twice. */
  readonly #decided: Int32Array;
  #serial = 0;
  #value = 0;
  #inLine = false;
  /** Keywords found in the line. */
  readonly found = new FoundPlaces();
  #bytes: Uint8Array = NO_BYTES;
  #view: DataView = new DataView(NO_BYTES.buffer);
  #start = 0;
  #end = 0;

  constructor(index: CompiledIndex, values: ValueBuffer) {
    this.#index = index;
    this.#values = values;
    this.#literals = index.literalBytes;
    this.#literalStart = index.literalStart;
    this.#decided = new Int32Array(index.entryKind.length);
    this.hits = new Int32Array(index.entryKind.length);
  }

  /** Finds the entries that hold for a value. */
  scan(scanner: SlotScanner, value: number): void {
    this.#begin(value);
    if (this.#start === this.#end) this.#addAll(scanner.empty);
    if (scanner.forward !== undefined) this.#forward(scanner.forward);
    if (scanner.backward !== undefined) this.#backward(scanner.backward);
    this.#search(scanner.searchers);
    if (!this.#values.isAscii(value)) this.#search(scanner.beyond);
    for (let at = 0; at < scanner.always.length; at += 1) {
      const entry = scanner.always[at] as number;
      if (this.#patternFits(entry)) this.#add(entry);
    }
  }

  /** Whether one entry holds for a value: for those that are only asked when a rule needs them. */
  entryHolds(entry: number, value: number): boolean {
    this.#begin(value);
    const literal = this.#literalStart[entry] as number;
    const length = (this.#literalStart[entry + 1] as number) - literal;
    if (length === 0) {
      const isEmpty = this.#index.entryKind[entry] === ENTRY_EQUALS;
      return isEmpty ? this.#start === this.#end : this.#patternFits(entry);
    }
    const first = this.#literals[literal];
    const last = this.#end - length;
    const bytes = this.#bytes;
    for (let from = this.#start; ; from += 1) {
      while (from <= last && FOLDED[bytes[from] as number] !== first) from += 1;
      if (from > last) break;
      this.#decide(entry, from);
      if (this.#decided[entry] === this.#serial) break;
    }
    return this.count > 0;
  }

  /**
   * Finds where literals of keywords stand in a line, for {@link ValueScanner.takeFound}.
   *
   * @returns how many; more than {@link FOUND_MAX} when they are too many to remember
   */
  findInLine(scanner: SlotScanner, chunk: JsonChunk, start: number, end: number): number {
    this.#bytes = chunk.bytes;
    this.#view = chunk.words.view;
    // A line begins with a brace and a name; words are read from before a place.
    this.#start = Math.max(start, WORD_BYTES);
    this.#end = end;
    this.found.clear();
    this.#inLine = true;
    this.#search(scanner.searchers);
    this.#inLine = false;
    this.found.sort();
    return this.found.count;
  }

  /** Finds which keywords hold for a value of the line in which they were looked for. Values come in order. */
  takeFound(value: number): void {
    this.#begin(value);
    const { found } = this;
    for (; found.next < found.count; found.next += 1) {
      const from = found.places[found.next] as number;
      if (from >= this.#end) return;
      const entry = found.entries[found.next] as number;
      if (from >= this.#start && this.#decided[entry] !== this.#serial) this.#decide(entry, from);
    }
  }

  #begin(value: number): void {
    this.count = 0;
    this.#serial += 1;
    if (this.#serial > SERIAL_MAX) {
      this.#serial = 1;
      this.#decided.fill(0);
    }
    this.#value = value;
    this.#bytes = this.#values.bytesOf(value);
    this.#view = this.#values.viewOf(value);
    this.#start = this.#values.starts[value] as number;
    this.#end = this.#values.ends[value] as number;
  }

  #addAll(entries: Int32Array): void {
    for (let at = 0; at < entries.length; at += 1) this.#add(entries[at] as number);
  }

  #add(entry: number): void {
    this.#decided[entry] = this.#serial;
    this.hits[this.count] = entry;
    this.count += 1;
  }

  #search(searchers: readonly BlockSearcher[]): void {
    for (let at = 0; at < searchers.length; at += 1) {
      this.#searchEach(searchers[at] as BlockSearcher, this.#view);
    }
  }

  #searchEach(searcher: BlockSearcher, view: DataView): void {
    const { filter, hashShift, blockShift, stride } = searcher;
    const last = this.#end - WORD_BYTES;
    let at = this.#start + searcher.window - WORD_BYTES;
    for (;;) {
      // Two looks a turn, with one branch for both: most places hold no block of any literal. Nothing is called within,
      // so that the compiler checks tables once before the loop and keeps all in registers.
      let met = 0;
      let otherMet = 0;
      for (; at + stride <= last; at += stride + stride) {
        const bit = Math.imul((view.getInt32(at, true) | FOLD) >> blockShift, HASH) >>> hashShift;
        const otherBit =
          Math.imul((view.getInt32(at + stride, true) | FOLD) >> blockShift, HASH) >>> hashShift;
        met = (filter[bit >>> 5] as number) >>> bit;
        otherMet = (filter[otherBit >>> 5] as number) >>> otherBit;
        if (((met | otherMet) & 1) !== 0) break;
      }
      if (at + stride > last) break;
      if ((met & 1) !== 0) this.#blockMet(searcher, at + WORD_BYTES);
      if ((otherMet & 1) !== 0) this.#blockMet(searcher, at + stride + WORD_BYTES);
      at += stride + stride;
    }
    if (at > last) return;
    const bit = Math.imul((view.getInt32(at, true) | FOLD) >> blockShift, HASH) >>> hashShift;
    if ((((filter[bit >>> 5] as number) >>> bit) & 1) !== 0) {
      this.#blockMet(searcher, at + WORD_BYTES);
    }
  }

  /** Literals of which the block is part may stand around `end`, where it ends. */
  #blockMet(searcher: BlockSearcher, end: number): void {
    const { keys, entries } = searcher;
    const view = this.#view;
    const block = (view.getInt32(end - WORD_BYTES, true) | FOLD) >> searcher.blockShift;
    let place = (Math.imul(block, HASH) >>> searcher.keyShift) * 2;
    let list = keys[place + 1] as number;
    while (list !== 0 && keys[place] !== block) {
      place = (place + 2) & (keys.length - 1);
      list = keys[place + 1] as number;
    }
    if (list === 0) return;
    const before = end - this.#start;
    const after = this.#end - end;
    const last = list + 1 + (entries[list] as number) * NUMBERS;
    for (let at = list + 1; at < last; at += NUMBERS) {
      const back = entries[at + 1] as number;
      if (back > before || (entries[at + 2] as number) > after) continue;
      const word = view.getInt32(end - (entries[at + 3] as number) - WORD_BYTES, true) | FOLD;
      if ((word & (entries[at + 5] as number)) !== entries[at + 4]) continue;
      const entry = entries[at] as number;
      if (this.#inLine) this.#findAt(entry, end - back);
      else if (this.#decided[entry] !== this.#serial) this.#decide(entry, end - back);
    }
  }

  /** A keyword's literal may start at `from` in the line. */
  #findAt(entry: number, from: number): void {
    if (this.#literalStandsAt(entry, from)) this.found.add(entry, from);
  }

  /** A literal may start at `from`: compares it and what else its entry asks. */
  #decide(entry: number, from: number): void {
    const to = from + this.#lengthOf(entry);
    if (from < this.#start || to > this.#end) return;
    const kind = this.#index.entryKind[entry] as number;
    if (kind < ENTRY_CONTAINS) {
      const atStart = kind === ENTRY_EQUALS || kind === ENTRY_PREFIX;
      if (atStart && from !== this.#start) return;
      if (kind !== ENTRY_PREFIX && to !== this.#end) return;
    }
    const bytes = this.#bytes;
    if (!this.#literalStandsAt(entry, from)) return;
    if (!isCharacterStart(bytes, this.#start, from)) return;
    if (kind === ENTRY_PATTERN) {
      // Whether the pattern fits does not depend on the place: it is asked once a value.
      this.#decided[entry] = this.#serial;
      if (!this.#patternFits(entry)) return;
    }
    this.#add(entry);
  }

  #lengthOf(entry: number): number {
    return (this.#literalStart[entry + 1] as number) - (this.#literalStart[entry] as number);
  }

  /** Whether an entry's literal stands at `from`, in any case. There must be as many bytes. */
  #literalStandsAt(entry: number, from: number): boolean {
    const bytes = this.#bytes;
    const literals = this.#literals;
    const end = this.#literalStart[entry + 1] as number;
    let at = from;
    for (let place = this.#literalStart[entry] as number; place < end; place += 1) {
      if (FOLDED[bytes[at] as number] !== literals[place]) return false;
      at += 1;
    }
    return true;
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
    const end = this.#end;
    let state = 0;
    for (let at = this.#start; at < end; at += 1) {
      for (; at < end; at += 1) {
        state = next[state + (classes[bytes[at] as number] as number)] as number;
        if (state < 0 || state === NOWHERE) break;
      }
      if (state === NOWHERE || at === end) return;
      state = ~state;
      this.#outputs(trie, state, true);
    }
  }

  #backward(trie: EndTrie): void {
    const { next, classes } = trie;
    const bytes = this.#bytes;
    const start = this.#start;
    let state = 0;
    for (let at = this.#end - 1; at >= start; at -= 1) {
      for (; at >= start; at -= 1) {
        state = next[state + (classes[bytes[at] as number] as number)] as number;
        if (state < 0 || state === NOWHERE) break;
      }
      if (state === NOWHERE || at < start) return;
      state = ~state;
      this.#outputs(trie, state, false);
    }
  }

  #outputs(trie: EndTrie, state: number, atStart: boolean): void {
    const number = state / trie.classCount;
    const last = trie.outputStarts[number + 1] as number;
    for (let place = trie.outputStarts[number] as number; place < last; place += 1) {
      const entry = trie.outputs[place] as number;
      this.#decide(entry, atStart ? this.#start : this.#end - this.#lengthOf(entry));
    }
  }
}
