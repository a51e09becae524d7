import type { EventRecord } from './evaluate/event-record.ts';
import type { Logsource } from './evaluate/logsource.ts';
import { logsourceApplies, logsourceCompatible, logsourceKey } from './evaluate/logsource.ts';
import { parseEvent } from './evaluate/parse-event.ts';
import { buildIndex } from './index/build-index.ts';
import type { Lists } from './index/carried-lists.ts';
import { listsOfTables, type RuleTables, tablesOfLists } from './index/carried-tables.ts';
import { type CompiledIndex, indexBytes } from './index/compiled-index.ts';
import type { JsonChunk } from './index/json-chunk.ts';
import { JsonText } from './index/json-text.ts';
import { LiteralPool } from './index/literal-pool.ts';
import { Matcher } from './index/matcher.ts';
import { Route } from './index/route.ts';
import { SymbolTable } from './index/symbol-table.ts';
import { EventWalker } from './index/walk-event.ts';
import { JsonWalker } from './index/walk-json.ts';
import { finish, finishWithPauses, type Pause, type Work } from './index/work.ts';
import type { Expression, RuleLogsource, SigmaRule } from './rule/rule.ts';

/** Most sets of triples whose index is remembered by name; indexes themselves are one for each set of rules. */
export const ROUTES_MAX = 4096;

/** What a rule set is built with. */
export interface RuleSetOptions {
  /** How often atoms were true, from {@link RuleSet.measuredRates} of a set before. */
  readonly rates?: ReadonlyMap<string, number>;
  /** Whether what was found in values of JSON events is remembered, see `ValueMemo`. It is, when not said. */
  readonly memo?: boolean;
  /** A clock in milliseconds: with it the time of each rule is sampled, see {@link RuleSet.costs}. */
  readonly now?: () => number;
}

/** What a rule has cost. */
export interface RuleCost {
  readonly rule: SigmaRule;
  /** See {@link RuleMatcher.steps}. */
  readonly steps: number;
  /** Milliseconds, estimated from one event of 256; 0 without a clock. */
  readonly sampledMs: number;
}

/**
 * Rules ready to match. Immutable in what it matches; the tables are built here, once for all logsources. Not for use
 * by two threads at once.
 */
export class RuleSet {
  readonly rules: readonly SigmaRule[];
  readonly #tables: RuleTables;
  readonly #engine: Engine;
  readonly #routes = new Map<string, RuleMatcher>();
  readonly #matchers = new Map<string, RuleMatcher>();
  #groups: readonly RuleGroup[] | undefined;

  /** @param tables of {@link RuleSet.withPauses}, which is the way to give them */
  constructor(
    rules: readonly SigmaRule[],
    options: RuleSetOptions = {},
    tables: RuleTables = finish(buildTables(rules, options)),
  ) {
    this.rules = rules;
    this.#tables = tables;
    this.#engine = new Engine(tables.index, tables.literals, options);
  }

  /** The same set, built in small pieces (most far below a millisecond): `pause` is asked after each of them. */
  static async withPauses(
    rules: readonly SigmaRule[],
    pause: Pause,
    options: RuleSetOptions = {},
  ): Promise<RuleSet> {
    const tables = await finishWithPauses(buildTables(rules, options), pause);
    return new RuleSet(rules, options, tables);
  }

  /** The tables as plain data, for {@link RuleSet.carried} in another thread. */
  lists(): Lists {
    return listsOfTables(this.#tables);
  }

  /** A set of the same rules again from what {@link RuleSet.lists} gave: nothing is built. */
  static *carried(
    rules: readonly SigmaRule[],
    lists: Lists,
    options: RuleSetOptions = {},
  ): Work<RuleSet> {
    return new RuleSet(rules, options, yield* tablesOfLists(lists, rules));
  }

  /** The matcher for events of these triples: rules of which one triple has all stated keys. */
  matcherFor(triples: readonly Logsource[]): RuleMatcher {
    const key = logsourceKey(triples);
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    const matcher = this.#shared((logsource) => logsourceApplies(logsource, triples));
    if (this.#routes.size < ROUTES_MAX) this.#routes.set(key, matcher);
    return matcher;
  }

  /** Builds what {@link RuleSet.matcherFor} gives, with pauses, so that it is there when it is asked for. */
  async prepare(triples: readonly Logsource[], pause: Pause): Promise<void> {
    await finishWithPauses(
      this.#build((logsource) => logsourceApplies(logsource, triples)),
      pause,
    );
  }

  /** The matcher for events of which only some keys are known (the others are `''`): rules that contradict none. */
  matcherForStated(stated: Logsource): RuleMatcher {
    return this.#shared((logsource) => logsourceCompatible(logsource, stated));
  }

  /** The matcher of all rules, whatever their logsource. */
  matcherForAny(): RuleMatcher {
    return this.#shared(() => true);
  }

  #shared(applies: (logsource: RuleLogsource) => boolean): RuleMatcher {
    return finish(this.#build(applies));
  }

  /** One matcher for each set of rules, however many logsources lead to it. */
  *#build(applies: (logsource: RuleLogsource) => boolean): Work<RuleMatcher> {
    this.#groups ??= yield* groupsOf(this.rules);
    const groups = this.#groups.filter(({ logsource }) => applies(logsource));
    const name = groups.map(({ first }) => first).join();
    const known = this.#matchers.get(name);
    if (known !== undefined) return known;
    const numbers = Int32Array.from(groups.flatMap((group) => group.numbers)).sort();
    const route = yield* Route.build(this.#engine.index, this.#tables.literals, numbers);
    const rules = Array.from(numbers, (number) => this.rules[number] as SigmaRule);
    const matcher = new RuleMatcher(rules, this.#engine, route);
    this.#matchers.set(name, matcher);
    return matcher;
  }

  /** What the rules have cost so far that cost anything, the costliest first. */
  costs(): readonly RuleCost[] {
    const sums = new Map<SigmaRule, RuleCost>();
    for (const { rules, steps, sampledMs } of this.#matchers.values()) {
      for (const [position, rule] of rules.entries()) {
        if (steps[position] === 0) continue;
        const sum = sums.get(rule);
        sums.set(rule, {
          rule,
          steps: (sum?.steps ?? 0) + (steps[position] ?? 0),
          sampledMs: (sum?.sampledMs ?? 0) + (sampledMs[position] ?? 0),
        });
      }
    }
    return [...sums.values()].sort((a, b) => b.steps - a.steps);
  }

  /** Bytes of the tables built so far. */
  get tableBytes(): number {
    const routes = [...this.#matchers.values()].map(({ tableBytes }) => tableBytes);
    return routes.reduce((sum, bytes) => sum + bytes, indexBytes(this.#engine.index));
  }

  /**
   * How often atoms were true in what was matched so far: give it to the next set, which then asks less. Nothing of a
   * set that was carried.
   */
  measuredRates(): ReadonlyMap<string, number> {
    return this.#engine.measuredRates();
  }
}

/** Rules of one logsource: there are far fewer of these than rules. */
interface RuleGroup {
  readonly logsource: RuleLogsource;
  /** Ascending. */
  readonly numbers: readonly number[];
  readonly first: number;
}

function* groupsOf(rules: readonly SigmaRule[]): Work<readonly RuleGroup[]> {
  const groups = new Map<string, { logsource: RuleLogsource; numbers: number[]; first: number }>();
  for (const [number, { logsource }] of rules.entries()) {
    const { product, category, service } = logsource;
    const key = JSON.stringify([product, category, service]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { logsource, numbers: [number], first: number });
    else group.numbers.push(number);
    if (number % RULES_AT_ONCE === 0) yield;
  }
  return [...groups.values()];
}

function* buildTables(rules: readonly SigmaRule[], { rates }: RuleSetOptions): Work<RuleTables> {
  const symbols = new SymbolTable();
  const literals = LiteralPool.of(symbols, rules.length);
  for (const rule of rules) {
    visitTexts(rule.expression, (text) => symbols.addText(text));
    yield;
  }
  for (const rule of rules) {
    visitTexts(rule.expression, (text) => literals.addText(text));
    yield;
  }
  return { index: yield* buildIndex(rules, { symbols, literals, rates }), literals };
}

/** The tables of a set and what reads events against them: all routes share it, so that one event is read at a time. */
class Engine {
  readonly index: CompiledIndex;
  readonly #matcher: Matcher;
  readonly walker: EventWalker;
  readonly jsonWalker: JsonWalker;
  readonly text = new JsonText();
  readonly found: number[] = [];

  constructor(index: CompiledIndex, literals: LiteralPool, { memo = true, now }: RuleSetOptions) {
    this.index = index;
    this.#matcher = new Matcher(
      index,
      finish(Route.build(index, literals, new Int32Array(0))),
      memo,
      now,
    );
    this.walker = new EventWalker(this.#matcher);
    this.jsonWalker = new JsonWalker(this.#matcher);
  }

  measuredRates(): ReadonlyMap<string, number> {
    const rates = new Map<string, number>();
    const { hits, events } = this.#matcher;
    if (events < RATE_EVENTS_MIN) return rates;
    for (const [atom, key] of this.index.atomKeys.entries()) {
      if (this.index.atomTests[atom] !== undefined) continue;
      rates.set(key, ((hits[atom] ?? 0) + 0.1) / (events + 1));
    }
    return rates;
  }
}

/** Matches events against the rules of one logsource. */
export class RuleMatcher {
  readonly rules: readonly SigmaRule[];
  readonly #engine: Engine;
  readonly #route: Route;

  constructor(rules: readonly SigmaRule[], engine: Engine, route: Route) {
    this.rules = rules;
    this.#engine = engine;
    this.#route = route;
  }

  /**
   * The same without some of its rules. It shares all tables and the counted steps, so it costs next to nothing to make;
   * positions stay those of {@link RuleMatcher.rules}.
   */
  without(left: ReadonlySet<SigmaRule>): RuleMatcher {
    const positions = new Set<number>();
    for (const [position, rule] of this.rules.entries())
      if (left.has(rule)) positions.add(position);
    return new RuleMatcher(this.rules, this.#engine, this.#route.without(positions));
  }

  /** The rules that an event matches, in the order of the set. UNTRUSTED event. */
  match(event: EventRecord): readonly SigmaRule[] {
    const numbers = this.matchNumbers(event);
    return numbers.length === 0
      ? NO_RULES
      : numbers.map((number) => this.rules[number] as SigmaRule);
  }

  /** Whether {@link RuleMatcher.matchText} is faster: every value is looked at, or many are. */
  get prefersText(): boolean {
    return this.#route.hasKeywords || this.rules.length >= TEXT_RULES_MIN;
  }

  /**
   * The same for an event of which the JSON is there as text. It is read in place, as bytes: with many rules that takes
   * half the time of {@link RuleMatcher.match}. UNTRUSTED text.
   *
   * @returns undefined when it is no JSON object, or holds half a character: ask with the object
   */
  matchText(json: string): readonly SigmaRule[] | undefined {
    if (!json.isWellFormed()) return undefined;
    const chunk = this.#engine.text.chunkOf(json);
    const numbers = this.matchJson(chunk, 0, chunk.bytes.length);
    if (numbers === undefined || numbers.length === 0) return numbers && NO_RULES;
    return numbers.map((number) => this.rules[number] as SigmaRule);
  }

  /** The same as positions in {@link RuleMatcher.rules}; valid until the next call to any matcher of the set. */
  matchNumbers(event: EventRecord): readonly number[] {
    const { found, walker } = this.#engine;
    found.length = 0;
    walker.match(this.#route, event, found);
    return found;
  }

  /**
   * The same for an event in JSON, `[start, end)` of a chunk, without reading what no rule looks at.
   *
   * @returns undefined when it is no JSON object
   */
  matchJson(chunk: JsonChunk, start: number, end: number): readonly number[] | undefined {
    const { found, jsonWalker } = this.#engine;
    found.length = 0;
    if (jsonWalker.match(this.#route, chunk, start, end, found)) return found;
    const event = parseEvent(chunk.bytes.toString('utf8', start, end));
    return event === undefined ? undefined : this.matchNumbers(event);
  }

  /** Bytes of the tables that only this logsource has. */
  get tableBytes(): number {
    return this.#route.tableBytes;
  }

  /** Rules asked so far, and events: their ratio says how well the index works. */
  get asked(): { readonly rules: number; readonly events: number } {
    return { rules: this.#route.asked, events: this.#route.events };
  }

  /**
   * What each rule has cost, in the order of {@link RuleMatcher.rules}: one step for each part of a condition that was
   * asked, for each value that a test looked at, and for each 64 bytes of it. The same events always give the same.
   */
  get steps(): Float64Array {
    return this.#route.steps;
  }

  /** Milliseconds of each rule, see {@link RuleCost.sampledMs}. */
  get sampledMs(): Float64Array {
    return this.#route.sampledMs;
  }
}

/** Fewer rules look at so few members that making bytes of the text does not pay. */
const TEXT_RULES_MIN = 64;
const NO_RULES: readonly SigmaRule[] = [];
/** Rules whose logsources are looked at between two pauses. */
const RULES_AT_ONCE = 64;
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
