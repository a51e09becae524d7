import type { Logsource } from '@tocsin/contracts/normalized-event.ts';
import { evaluatePlainly } from '@tocsin/sigma/evaluate/evaluate-plainly.ts';
import { logsourceApplies } from '@tocsin/sigma/evaluate/logsource.ts';
import type { Pause } from '@tocsin/sigma/index/work.ts';
import type { SigmaRule } from '@tocsin/sigma/rule/rule.ts';
import { ROUTES_MAX, type RuleMatcher, RuleSet } from '@tocsin/sigma/rule-set.ts';
import type { DeferredRules } from './deferred-rules.ts';
import type { RecordedEvent } from './sigma-match.ts';

/** A rule that threw while it was asked. */
export interface RuleFault {
  readonly rule: SigmaRule;
  readonly error: unknown;
}

/** Which rules events of some logsources meet. */
interface Route {
  /** Of all rules that apply. */
  readonly whole: RuleMatcher;
  /** Of those that are not deferred: the same tables, some rules left out. */
  readonly matcher: RuleMatcher;
  readonly hasDeferred: boolean;
  /** {@link DeferredRules.revision} that it was made at. */
  readonly revision: number;
  readonly logsources: readonly Logsource[];
}

/**
 * Rules of one owner, tried on events: all but those that are deferred. A rule that throws harms no other: the event is
 * then asked rule by rule. Counts what each rule costs.
 */
export class TriedRules {
  readonly rules: readonly SigmaRule[];
  readonly tenantId: string;
  /** Built when the first event comes that it concerns: most tenants' own rules concern few. */
  #set: RuleSet | undefined;
  readonly #deferred: DeferredRules;
  readonly #routes = new Map<string, Route>();
  /** Those of all routes; several logsources may share one. */
  readonly #matchers = new Set<RuleMatcher>();
  /** Its rules that are deferred, as of a revision. */
  #left: { readonly revision: number; readonly rules: ReadonlySet<SigmaRule> };
  #faults: RuleFault[] = [];

  /**
   * @param tenantId whose own they are; `''`: of the installation
   * @param set of the rules, when it is built already
   */
  constructor(
    rules: readonly SigmaRule[],
    tenantId: string,
    deferred: DeferredRules,
    set?: RuleSet,
  ) {
    this.rules = rules;
    this.#set = set;
    this.tenantId = tenantId;
    this.#deferred = deferred;
    this.#left = { revision: -1, rules: new Set() };
  }

  /** Builds with pauses what would be built when events come: the index, and what the events of `former` needed. */
  async build(pause: Pause, former: TriedRules): Promise<void> {
    this.#set ??= await RuleSet.withPauses(this.rules, pause);
    for (const { logsources } of [...former.#routes.values()]) {
      await this.#set.prepare(logsources, pause);
      this.#route(logsources);
    }
  }

  /** The rules that an event matches, in their order. UNTRUSTED event. */
  match({ fields, logsources, json }: RecordedEvent): readonly SigmaRule[] {
    if (this.rules.length === 0 || logsources.length === 0) return NOTHING;
    try {
      const { matcher } = this.#route(logsources);
      if (matcher.rules.length === 0) return NOTHING;
      const text = json !== undefined && matcher.prefersText ? json : undefined;
      return (text === undefined ? undefined : matcher.matchText(text)) ?? matcher.match(fields);
    } catch {
      return this.#oneByOne({ fields, logsources });
    }
  }

  /** Whether a rule that is deferred would be tried on events of some logsources. */
  isDeferredFor(logsources: readonly Logsource[]): boolean {
    if (this.rules.length === 0 || logsources.length === 0) return false;
    return this.#route(logsources).hasDeferred;
  }

  /** The rules that threw since this was asked last. */
  takeFaults(): readonly RuleFault[] {
    const faults = this.#faults;
    this.#faults = [];
    return faults;
  }

  /** Steps of each rule so far; only of those that cost any. */
  steps(): ReadonlyMap<SigmaRule, number> {
    const sums = new Map<SigmaRule, number>();
    for (const { rules, steps } of this.#matchers) {
      for (let at = 0; at < steps.length; at += 1) {
        const count = steps[at] ?? 0;
        const rule = rules[at];
        if (count > 0 && rule !== undefined) sums.set(rule, (sums.get(rule) ?? 0) + count);
      }
    }
    return sums;
  }

  #route(logsources: readonly Logsource[]): Route {
    let key = '';
    for (const { product, category, service } of logsources) {
      key += `${product}|${category}|${service},`;
    }
    const { revision } = this.#deferred;
    const known = this.#routes.get(key);
    if (known?.revision === revision) return known;
    const whole = known?.whole ?? this.#matcherFor(logsources);
    this.#matchers.add(whole);
    const left = this.#leftOut(logsources);
    const hasDeferred = left.size > 0;
    const matcher = hasDeferred ? whole.without(left) : whole;
    const route: Route = { whole, matcher, hasDeferred, revision, logsources };
    if (known !== undefined || this.#routes.size < ROUTES_MAX) this.#routes.set(key, route);
    return route;
  }

  #matcherFor(logsources: readonly Logsource[]): RuleMatcher {
    const concerns = this.rules.some((rule) => logsourceApplies(rule.logsource, logsources));
    if (!concerns) return NO_MATCHER;
    this.#set ??= new RuleSet(this.rules);
    return this.#set.matcherFor(logsources);
  }

  /** The deferred rules that would apply to events of some logsources. */
  #leftOut(logsources: readonly Logsource[]): ReadonlySet<SigmaRule> {
    const { revision } = this.#deferred;
    if (this.#left.revision !== revision) {
      const rules = this.rules.filter((rule) => this.#deferred.has(this.tenantId, rule));
      this.#left = { revision, rules: new Set(rules) };
    }
    const applying = [...this.#left.rules].filter((rule) =>
      logsourceApplies(rule.logsource, logsources),
    );
    return new Set(applying);
  }

  #oneByOne({ fields, logsources }: RecordedEvent): readonly SigmaRule[] {
    return this.rules.filter((rule) => {
      if (this.#deferred.has(this.tenantId, rule)) return false;
      if (!logsourceApplies(rule.logsource, logsources)) return false;
      try {
        return evaluatePlainly(rule.expression, fields);
      } catch (error) {
        if (this.#faults.length < FAULTS_MAX) this.#faults.push({ rule, error });
        return false;
      }
    });
  }
}

const NO_MATCHER = new RuleSet([]).matcherForAny();

/** Most faults remembered between two looks. */
const FAULTS_MAX = 100;
const NOTHING: readonly SigmaRule[] = [];
