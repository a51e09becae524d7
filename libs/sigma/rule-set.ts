import type { Logsource } from '@tocsin/contracts/normalized-event.ts';
import type { EventRecord } from './evaluate/event-record.ts';
import { logsourceApplies, logsourceCompatible, logsourceKey } from './evaluate/logsource.ts';
import { parseEvent } from './evaluate/parse-event.ts';
import { buildIndex } from './index/build-index.ts';
import { indexBytes } from './index/compiled-index.ts';
import type { JsonChunk } from './index/json-chunk.ts';
import { LiteralPool } from './index/literal-pool.ts';
import { Matcher } from './index/matcher.ts';
import { SymbolTable } from './index/symbol-table.ts';
import { EventWalker } from './index/walk-event.ts';
import { JsonWalker } from './index/walk-json.ts';
import type { LazyRegex } from './regex/lazy-regex.ts';
import type { Expression, SigmaRule } from './rule/rule.ts';

/** Most sets of triples whose index is remembered by name; indexes themselves are one for each set of rules. */
export const ROUTES_MAX = 4096;

/** What a rule set is built with. */
export interface RuleSetOptions {
  /** How often atoms were true, from {@link RuleSet.measuredRates} of a set before. */
  readonly rates?: ReadonlyMap<string, number>;
}

/**
 * Rules ready to match. Immutable in what it matches; indexes are built when the first event of their logsource
 * comes. Not for use by two threads at once.
 */
export class RuleSet {
  readonly rules: readonly SigmaRule[];
  readonly #symbols = new SymbolTable();
  readonly #literals = new LiteralPool(this.#symbols);
  readonly #regexes = new Map<string, LazyRegex>();
  readonly #rates: ReadonlyMap<string, number> | undefined;
  readonly #routes = new Map<string, RuleMatcher>();
  readonly #indexes = new Map<string, RuleMatcher>();
  #everything: RuleMatcher | undefined;

  constructor(rules: readonly SigmaRule[], options: RuleSetOptions = {}) {
    this.rules = rules;
    this.#rates = options.rates;
    for (const rule of rules) visitTexts(rule.expression, (text) => this.#symbols.addText(text));
    for (const rule of rules) visitTexts(rule.expression, (text) => this.#literals.addText(text));
  }

  /** The matcher for events of these triples: rules of which one triple has all stated keys. */
  matcherFor(triples: readonly Logsource[]): RuleMatcher {
    const key = logsourceKey(triples);
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    const matcher = this.#shared((rule) => logsourceApplies(rule.logsource, triples));
    if (this.#routes.size < ROUTES_MAX) this.#routes.set(key, matcher);
    return matcher;
  }

  /** The matcher for events of which only some keys are known (the others are `''`): rules that contradict none. */
  matcherForStated(stated: Logsource): RuleMatcher {
    return this.#shared((rule) => logsourceCompatible(rule.logsource, stated));
  }

  /** One matcher for each set of rules, however many logsources lead to it. */
  #shared(applies: (rule: SigmaRule) => boolean): RuleMatcher {
    const numbers: number[] = [];
    for (const [number, rule] of this.rules.entries()) if (applies(rule)) numbers.push(number);
    const name = numbers.join();
    let matcher = this.#indexes.get(name);
    if (matcher === undefined) {
      matcher = this.#build(numbers.map((number) => this.rules[number] as SigmaRule));
      this.#indexes.set(name, matcher);
    }
    return matcher;
  }

  /** The matcher of all rules, whatever their logsource. */
  matcherForAny(): RuleMatcher {
    this.#everything ??= this.#build(this.rules);
    return this.#everything;
  }

  /** Bytes of the tables built so far. */
  get tableBytes(): number {
    const matchers = new Set(this.#indexes.values());
    if (this.#everything !== undefined) matchers.add(this.#everything);
    return [...matchers].reduce((sum, matcher) => sum + matcher.tableBytes, 0);
  }

  /** How often atoms were true in what was matched so far: give it to the next set, which then asks less. */
  measuredRates(): ReadonlyMap<string, number> {
    const rates = new Map<string, number>();
    for (const matcher of [...this.#indexes.values(), this.#everything]) {
      matcher?.addRates(rates);
    }
    return rates;
  }

  #build(rules: readonly SigmaRule[]): RuleMatcher {
    const parts = {
      symbols: this.#symbols,
      literals: this.#literals,
      regexes: this.#regexes,
    };
    const rates = this.#rates;
    return new RuleMatcher(rules, rates === undefined ? parts : { ...parts, rates });
  }
}

/** Matches events against the rules of one logsource. */
export class RuleMatcher {
  readonly rules: readonly SigmaRule[];
  readonly #matcher: Matcher;
  readonly #walker: EventWalker;
  readonly #jsonWalker: JsonWalker;
  readonly #found: number[] = [];

  constructor(rules: readonly SigmaRule[], parts: Parameters<typeof buildIndex>[1]) {
    this.rules = rules;
    this.#matcher = new Matcher(buildIndex(rules, parts));
    this.#walker = new EventWalker(this.#matcher);
    this.#jsonWalker = new JsonWalker(this.#matcher);
  }

  /** The rules that an event matches, in the order of the set. UNTRUSTED event. */
  match(event: EventRecord): readonly SigmaRule[] {
    const numbers = this.matchNumbers(event);
    return numbers.length === 0
      ? NO_RULES
      : numbers.map((number) => this.rules[number] as SigmaRule);
  }

  /** The same as positions in {@link RuleMatcher.rules}; valid until the next call. */
  matchNumbers(event: EventRecord): readonly number[] {
    this.#found.length = 0;
    this.#walker.match(event, this.#found);
    return this.#found;
  }

  /**
   * The same for an event in JSON, `[start, end)` of a chunk, without reading what no rule looks at.
   *
   * @returns undefined when it is no JSON object
   */
  matchJson(chunk: JsonChunk, start: number, end: number): readonly number[] | undefined {
    this.#found.length = 0;
    if (this.#jsonWalker.match(chunk, start, end, this.#found)) return this.#found;
    const event = parseEvent(chunk.bytes.toString('utf8', start, end));
    return event === undefined ? undefined : this.matchNumbers(event);
  }

  get tableBytes(): number {
    return indexBytes(this.#matcher.index);
  }

  /** Rules asked so far, and events: their ratio says how well the index works. */
  get asked(): { readonly rules: number; readonly events: number } {
    return { rules: this.#matcher.candidatesAsked, events: this.#matcher.events };
  }

  /**
   * What each rule has cost, in the order of {@link RuleMatcher.rules}: one step for each part of a condition that was
   * asked, for each value that a test looked at, and for each 64 bytes of it. The same events always give the same.
   */
  get steps(): Float64Array {
    return this.#matcher.ruleSteps;
  }

  addRates(rates: Map<string, number>): void {
    const { hits, events, index } = this.#matcher;
    if (events < RATE_EVENTS_MIN) return;
    for (const [atom, key] of index.atomKeys.entries()) {
      if (index.atomTests[atom] !== undefined) continue;
      const rate = ((hits[atom] ?? 0) + 0.1) / (events + 1);
      rates.set(key, Math.max(rate, rates.get(key) ?? 0));
    }
  }
}

const NO_RULES: readonly SigmaRule[] = [];
/** Fewer events say nothing of how often something is true. */
const RATE_EVENTS_MIN = 100;

function visitTexts(expression: Expression, visit: (text: string) => void): void {
  if (expression.kind === 'item') {
    for (const test of expression.item.tests) {
      if (test.kind === 'text') {
        for (const part of test.pattern) if (typeof part === 'string') visit(part);
      } else if (test.kind === 'regex') visit(test.source);
    }
  } else if (expression.kind === 'and' || expression.kind === 'or') {
    for (const part of expression.parts) visitTexts(part, visit);
  } else visitTexts(expression.part, visit);
}
