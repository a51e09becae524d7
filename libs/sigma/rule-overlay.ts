import { ruleKey } from './correlation/correlation-rule.ts';
import { evaluatePlainly } from './evaluate/evaluate-plainly.ts';
import type { EventRecord } from './evaluate/event-record.ts';
import type { Logsource } from './evaluate/logsource.ts';
import { logsourceApplies } from './evaluate/logsource.ts';
import type { Expression, SigmaRule } from './rule/rule.ts';
import { RuleSet } from './rule-set.ts';

/** Most rules of its own that an overlay has. */
export const OWN_RULES_MAX = 200;
/** So few own rules are asked one by one: an index of their own would cost each tenant far more memory than time. */
const PLAIN_OWN_MAX = 16;
const NOBODY: ReadonlySet<string> = new Set();

/** What a tenant says of a rule of the base: events that do not meet it are no matches of the rule. */
export interface RuleException {
  /** Key of the rule: id, else name, else place. */
  readonly ruleId: string;
  /** The filter's condition as written: to leave events out it says `not`. */
  readonly expression: Expression;
}

/** How a tenant differs from the base. */
export interface RuleDifferences {
  /** Keys of rules that are off. */
  readonly disabled?: ReadonlySet<string>;
  readonly exceptions?: readonly RuleException[];
  readonly own?: readonly SigmaRule[];
}

/**
 * How one tenant's rules differ from a shared set: nothing of the base is copied or built again, so that thousands fit in
 * memory and a change is a new object. Exceptions are asked only of events that the rule matched; own rules have an
 * index of their own where they are many.
 */
export class RuleOverlay {
  readonly #disabled: ReadonlySet<string>;
  readonly #exceptions = new Map<string, Expression[]>();
  readonly #own: readonly SigmaRule[];
  readonly #ownSet: RuleSet | undefined;

  /** @throws RangeError when there are more own rules than {@link OWN_RULES_MAX} */
  constructor({ disabled = NOBODY, exceptions = [], own = [] }: RuleDifferences) {
    if (own.length > OWN_RULES_MAX) {
      throw new RangeError(`a tenant has at most ${OWN_RULES_MAX} rules of its own`);
    }
    this.#disabled = disabled;
    this.#own = own;
    this.#ownSet = own.length > PLAIN_OWN_MAX ? new RuleSet(own) : undefined;
    for (const { ruleId, expression } of exceptions) {
      const known = this.#exceptions.get(ruleId);
      if (known === undefined) this.#exceptions.set(ruleId, [expression]);
      else known.push(expression);
    }
  }

  /** The matches of an event for this tenant, from those of the base. UNTRUSTED event. */
  matches(
    base: readonly SigmaRule[],
    event: EventRecord,
    triples: readonly Logsource[],
  ): readonly SigmaRule[] {
    const kept = base.filter((rule) => this.#keeps(rule, event));
    const own =
      this.#ownSet?.matcherFor(triples).match(event) ??
      this.#own.filter(
        ({ logsource, expression }) =>
          logsourceApplies(logsource, triples) && evaluatePlainly(expression, event),
      );
    return own.length === 0 ? kept : [...kept, ...own];
  }

  /** Whether a match of a rule is one for this tenant too. UNTRUSTED event. */
  #keeps(rule: SigmaRule, event: EventRecord): boolean {
    const key = ruleKey(rule);
    if (this.#disabled.has(key)) return false;
    const exceptions = this.#exceptions.get(key);
    return exceptions?.every((expression) => evaluatePlainly(expression, event)) ?? true;
  }
}
