import { KEYWORD_SLOT } from './atom-table.ts';
import { MATCHES } from './branch-program.ts';
import type { CompiledIndex } from './compiled-index.ts';
import { FOUND_MAX } from './found-places.ts';
import type { JsonChunk } from './json-chunk.ts';
import { LazyTests } from './lazy-tests.ts';
import type { Route } from './route.ts';
import type { SlotScanner } from './slot-scanner.ts';
import { ValueBuffer } from './value-buffer.ts';
import { ValueMemo } from './value-memo.ts';
import { ValueScanner } from './value-scanner.ts';

/** Stamps grow by two an event; past this all are cleared. */
const EPOCH_MAX = 0x3fff_fff0;
/** The time of rules is measured in one event of so many, a power of two: clocks cost more than most rules. */
const SAMPLED_EVENTS = 256;
/** What is true is counted in one event of so many, a power of two: a count is a line of the cache for each atom. */
const COUNTED_EVENTS = 16;

/**
 * Matches events against the rules of a route, one at a time. A walker calls {@link Matcher.begin}, then for each
 * member that a rule looks at {@link Matcher.present} and its values, then {@link Matcher.finish}. One matcher serves
 * all routes of an index, so that its tables stay in the caches whatever logsource comes next.
 */
export class Matcher {
  readonly index: CompiledIndex;
  readonly values: ValueBuffer;
  /** How many events had each atom true, about, and how many events there were: which way to a rule is rarest. */
  readonly hits: Uint32Array;
  events = 0;
  /** Set by a walker that did not show the values for keywords, because none of those that lead to a rule is there. */
  keywordsSkipped = false;
  #keywordsMissed = false;
  /** Whose rules count for this event. */
  route: Route;
  /** The stamp of false; true is one more. Stamps of other events mean unknown. */
  epoch = 2;
  readonly truth: Int32Array;
  readonly slotPresent: Int32Array;
  readonly slotFilled: Int32Array;
  /** The latest value of a slot, valid when the slot is stamped in `slotListed`. */
  readonly slotLast: Int32Array;
  readonly slotListed: Int32Array;
  readonly scanner: ValueScanner;
  /** Whether the keywords of the line were looked for. */
  #lineKnown = false;
  readonly #ruleStamp: Int32Array;
  readonly #candidates: Int32Array;
  #candidateCount = 0;
  readonly #lazy: LazyTests;
  readonly #memo: ValueMemo | undefined;
  readonly #now: (() => number) | undefined;

  /**
   * @param route any of the index: {@link Matcher.begin} names the one that counts
   * @param memo whether what was found in values is remembered
   * @param now milliseconds; undefined: the time of rules is not sampled
   */
  constructor(index: CompiledIndex, route: Route, memo: boolean, now?: () => number) {
    this.#now = now;
    this.index = index;
    this.route = route;
    this.values = new ValueBuffer(index.symbols);
    this.hits = new Uint32Array(index.atoms);
    this.truth = new Int32Array(index.atoms);
    this.slotPresent = new Int32Array(index.fields.length);
    this.slotFilled = new Int32Array(index.fields.length);
    this.slotLast = new Int32Array(index.fields.length);
    this.slotListed = new Int32Array(index.fields.length);
    this.scanner = new ValueScanner(index, this.values);
    this.#ruleStamp = new Int32Array(index.rules.length);
    this.#candidates = new Int32Array(index.rules.length);
    this.#lazy = new LazyTests(this);
    this.#memo = memo ? new ValueMemo(index.fields.length) : undefined;
  }

  /** @param chunk where the event's JSON is, when it is read from bytes */
  begin(route: Route, chunk?: JsonChunk): void {
    this.route = route;
    if (chunk === undefined) this.#lineKnown = false;
    this.scanner.found.next = 0;
    this.epoch += 2;
    if (this.epoch > EPOCH_MAX) this.#clearStamps();
    this.values.clear(chunk);
    this.#candidateCount = 0;
    this.events += 1;
    route.events += 1;
  }

  #clearStamps(): void {
    this.epoch = 2;
    for (const stamps of [
      this.truth,
      this.slotPresent,
      this.slotFilled,
      this.slotListed,
      this.#ruleStamp,
    ]) {
      stamps.fill(0);
    }
    this.#lazy.clear();
  }

  /** The member of a field is there, whatever it holds. */
  present(slot: number): void {
    if (this.slotPresent[slot] === this.epoch) return;
    this.slotPresent[slot] = this.epoch;
    const atom = this.index.presence[slot] as number;
    if (atom >= 0) this.#makeTrue(atom);
  }

  /** The field holds something that is not null. */
  filled(slot: number): void {
    this.slotFilled[slot] = this.epoch;
  }

  /** The field has a value: number `value` of the buffer. False when it cannot be decoded. */
  addValue(slot: number, value: number): boolean {
    const { values } = this;
    values.previous[value] =
      this.slotListed[slot] === this.epoch ? (this.slotLast[slot] as number) : -1;
    this.slotListed[slot] = this.epoch;
    this.slotLast[slot] = value;
    const scanner = this.index.scanners[slot];
    if (scanner === undefined) return values.decode(value);
    const bytes = (values.ends[value] as number) - (values.starts[value] as number);
    if (values.isSpelledInLine(value) && this.#memo?.takes(slot, bytes)) {
      return this.#recall(this.#memo, scanner, value);
    }
    if (!values.decode(value)) return false;
    this.#scan(scanner, value);
    return true;
  }

  /** The same, from memory when the value came before. */
  #recall(memo: ValueMemo, scanner: SlotScanner, value: number): boolean {
    const { values } = this;
    const view = values.viewOf(value);
    const start = values.starts[value] as number;
    const end = values.ends[value] as number;
    const known = memo.find(scanner.slot, view, start, end);
    if (known > 0) {
      this.#takeRecord(memo.records, known);
      return true;
    }
    if (!values.decode(value)) return false;
    this.#scan(scanner, value);
    if (known < 0) {
      const atoms = this.#atomsFound();
      memo.remember(scanner.slot, view, start, end, atoms, this.#rulesBehind(atoms));
    }
    return true;
  }

  /** What a memo has of a value, see {@link ValueMemo.find}. */
  #takeRecord(records: Int32Array, known: number): void {
    const { truth } = this;
    const stamp = this.epoch + 1;
    const last = known + (records[known] as number);
    if ((this.events & (COUNTED_EVENTS - 1)) === 0) {
      for (let at = known + 1; at <= last; at += 1) this.#countTrue(records[at] as number);
    }
    for (let at = known + 1; at <= last; at += 1) truth[records[at] as number] = stamp;
    const lastRule = last + 1 + (records[last + 1] as number);
    for (let at = last + 2; at <= lastRule; at += 1) this.#addCandidate(records[at] as number);
  }

  #rulesBehind(atoms: readonly number[]): readonly number[] {
    const { watchStart, watchers } = this.index;
    const rules = new Set<number>();
    for (const atom of atoms) {
      for (const rule of watchers.subarray(watchStart[atom], watchStart[atom + 1])) rules.add(rule);
    }
    return [...rules];
  }

  /** The atoms that what was found last makes true. */
  #atomsFound(): readonly number[] {
    const { entryTargetStart, entryTargets } = this.index;
    const atoms = new Set<number>();
    for (const entry of this.scanner.hits.subarray(0, this.scanner.count)) {
      const last = entryTargetStart[entry + 1] as number;
      for (let target = entryTargetStart[entry] as number; target < last; target += 1) {
        atoms.add(entryTargets[target] as number);
      }
    }
    return [...atoms];
  }

  /** A value anywhere in the event, for keywords. */
  addKeyword(value: number): void {
    const { keywords } = this.route;
    if (keywords === undefined) return;
    if (!this.#lineKnown || !this.values.isInLine(value)) {
      this.#scan(keywords, value);
      return;
    }
    this.scanner.takeFound(value);
    this.#takeHits();
  }

  /** Looks for keywords that lead to rules in a line of JSON; false when there is none, so that values need not be shown. */
  mayHoldKeywords(route: Route, chunk: JsonChunk, start: number, end: number): boolean {
    this.#lineKnown = false;
    const scanner = route.keywords;
    if (scanner !== undefined) {
      if (scanner.always.length + scanner.empty.length > 0) return true;
      const count = this.scanner.findInLine(scanner, chunk, start, end);
      this.#lineKnown = count <= FOUND_MAX;
      if (count > 0) return true;
      if (scanner.beyond.length > 0 && !chunk.words.isAscii(start, end)) return true;
      return chunk.hasOtherSpellings(start, end);
    }
    return false;
  }

  #scan(scanner: SlotScanner, value: number): void {
    this.scanner.scan(scanner, value);
    this.#takeHits();
  }

  #takeHits(): void {
    const found = this.scanner;
    for (let at = 0; at < found.count; at += 1) this.#entryHolds(found.hits[at] as number);
  }

  #entryHolds(entry: number): void {
    const { entryTargetStart, entryTargets } = this.index;
    const last = entryTargetStart[entry + 1] as number;
    for (let target = entryTargetStart[entry] as number; target < last; target += 1) {
      this.#makeTrue(entryTargets[target] as number);
    }
  }

  #makeTrue(atom: number): void {
    const stamp = this.epoch + 1;
    if (this.truth[atom] === stamp) return;
    if ((this.events & (COUNTED_EVENTS - 1)) === 0) this.#countTrue(atom);
    this.truth[atom] = stamp;
    const { watchStart, watchers } = this.index;
    const last = watchStart[atom + 1] as number;
    for (let watcher = watchStart[atom] as number; watcher < last; watcher += 1) {
      this.#addCandidate(watchers[watcher] as number);
    }
  }

  #countTrue(atom: number): void {
    if (this.truth[atom] === this.epoch + 1) return;
    this.hits[atom] = (this.hits[atom] as number) + COUNTED_EVENTS;
  }

  #addCandidate(rule: number): void {
    if (this.#ruleStamp[rule] === this.epoch || (this.route.positions[rule] as number) < 0) return;
    this.#ruleStamp[rule] = this.epoch;
    this.#candidates[this.#candidateCount] = rule;
    this.#candidateCount += 1;
  }

  /**
   * Asks the rules that something was found for. Appends the positions of those that match, in order.
   *
   * @returns false when a rule asked for keywords that were skipped: show the event again with them
   */
  finish(out: number[]): boolean {
    this.#keywordsMissed = false;
    const { always, positions } = this.route;
    const now = (this.events & (SAMPLED_EVENTS - 1)) === 0 ? this.#now : undefined;
    for (let at = 0; at < this.#candidateCount; at += 1) {
      const rule = this.#candidates[at] as number;
      const holds = now === undefined ? this.#ask(rule) : this.#askTimed(rule, now);
      if (holds) out.push(positions[rule] as number);
    }
    for (let at = 0; at < always.length; at += 1) {
      const rule = always[at] as number;
      const holds = now === undefined ? this.#ask(rule) : this.#askTimed(rule, now);
      if (holds) out.push(positions[rule] as number);
    }
    this.route.asked += this.#candidateCount + always.length;
    if (this.#keywordsMissed) {
      out.length = 0;
      return false;
    }
    if (out.length > 1) out.sort(ascending);
    return true;
  }

  #askTimed(rule: number, now: () => number): boolean {
    const start = now();
    const holds = this.#ask(rule);
    const { sampledMs, positions } = this.route;
    const position = positions[rule] as number;
    sampledMs[position] = (sampledMs[position] as number) + (now() - start) * SAMPLED_EVENTS;
    return holds;
  }

  #ask(rule: number): boolean {
    const { code, atomTests } = this.index;
    const whenTrue = this.epoch + 1;
    const before = this.#lazy.steps;
    let steps = 0;
    let place = this.index.ruleEntry[rule] as number;
    while (place >= 0) {
      steps += 1;
      const atom = code[place] as number;
      const stamp = this.truth[atom] as number;
      let holds = stamp === whenTrue;
      if (!holds && stamp !== this.epoch) {
        const tests = atomTests[atom];
        if (this.keywordsSkipped && this.index.atomSlot[atom] === KEYWORD_SLOT) {
          this.#keywordsMissed = true;
          return false;
        }
        if (tests !== undefined) holds = this.#lazy.ask(atom, tests);
      }
      place = code[holds ? place + 1 : place + 2] as number;
    }
    const { steps: spent, positions } = this.route;
    const position = positions[rule] as number;
    spent[position] = (spent[position] as number) + steps + this.#lazy.steps - before;
    return place === MATCHES;
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
