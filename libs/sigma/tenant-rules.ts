import type { Logsource } from '@tocsin/contracts/normalized-event.ts';
import { evaluatePlainly } from './evaluate/evaluate-plainly.ts';
import type { EventRecord } from './evaluate/event-record.ts';
import { logsourceApplies } from './evaluate/logsource.ts';
import type { Expression, SigmaRule } from './rule/rule.ts';

/** Most rules of its own that a tenant's overlay asks one by one; more belong into a set of their own. */
export const OWN_RULES_MAX = 200;
const NOBODY: ReadonlySet<string> = new Set();

/** What a tenant says of a rule of the base: events that do not meet it are no matches of the rule. */
export interface RuleException {
  readonly ruleId: string;
  /** The filter's condition as written: to leave events out it says `not`. */
  readonly expression: Expression;
}

/** How a tenant differs from the base. */
export interface TenantOverlay {
  /** Ids of rules that are off. */
  readonly disabled?: ReadonlySet<string>;
  readonly exceptions?: readonly RuleException[];
  readonly own?: readonly SigmaRule[];
}

/**
 * A tenant's view of a shared rule set: nothing of the base is copied or built again, so that thousands fit in memory
 * and a change is a new object. Exceptions are asked only of events that the rule matched.
 */
export class TenantRules {
  readonly #disabled: ReadonlySet<string>;
  readonly #exceptions = new Map<string, Expression[]>();
  readonly #own: readonly SigmaRule[];

  /** @throws RangeError when there are more own rules than {@link OWN_RULES_MAX} */
  constructor({ disabled = NOBODY, exceptions = [], own = [] }: TenantOverlay) {
    if (own.length > OWN_RULES_MAX) {
      throw new RangeError(`a tenant has at most ${OWN_RULES_MAX} rules of its own`);
    }
    this.#disabled = disabled;
    this.#own = own;
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
    const own = this.#own.filter(
      ({ logsource, expression }) =>
        logsourceApplies(logsource, triples) && evaluatePlainly(expression, event),
    );
    return own.length === 0 ? kept : [...kept, ...own];
  }

  #keeps(rule: SigmaRule, event: EventRecord): boolean {
    if (this.#disabled.has(rule.id)) return false;
    const exceptions = this.#exceptions.get(rule.id);
    return exceptions?.every((expression) => evaluatePlainly(expression, event)) ?? true;
  }
}
