import type { Clock } from '@tocsin/kernel/clock.ts';
import { messageOf } from '@tocsin/kernel/message-of.ts';
import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import { plainRule } from '@tocsin/sigma/rule/packed-rules.ts';
import type { SigmaRule } from '@tocsin/sigma/rule/rule.ts';
import { type Deferral, fingerprintOf } from './deferred-rules.ts';
import { RuleCosts, STEPS_PER_EVENT_MAX, STRETCH_EVENTS } from './rule-costs.ts';
import type { SigmaRules } from './sigma-rules.ts';

const DETAIL_UNITS_MAX = 200;

/** What a rule cost on some events off the hot path. */
export interface DeferredCost {
  readonly tenantId: string;
  readonly ruleId: string;
  readonly events: number;
  readonly steps: number;
}

/** That a person wants a rule of the installation back on the hot path. */
export interface PutBack {
  readonly ruleId: string;
  /** {@link Deferral.since} of what is meant: a rule that was moved again since stays where it is. */
  readonly since: number;
}

/** Moves rules that cost too much, or break, off the hot path. Nothing here switches a rule off: only a person does. */
export class Deferring {
  readonly #sigma: SigmaRules;
  readonly #clock: Clock;
  readonly #costs: RuleCosts;
  readonly #stepsMax: number;
  /** What deferred rules have cost lately. */
  readonly #seen = new Map<string, { readonly events: number; readonly steps: number }>();
  /** What people want back: {@link PutBack.since} by rule. */
  #wanted: ReadonlyMap<string, number> = new Map();

  constructor(sigma: SigmaRules, clock: Clock, stepsPerEventMax: number = STEPS_PER_EVENT_MAX) {
    this.#sigma = sigma;
    this.#clock = clock;
    this.#stepsMax = stepsPerEventMax;
    this.#costs = new RuleCosts(stepsPerEventMax);
  }

  get deferrals(): readonly Deferral[] {
    return this.#sigma.deferred.all;
  }

  /** What the rules of the deferred lane are, as they are now, to be sent; one that is no longer there is forgotten. */
  rules(): readonly { readonly tenantId: string; readonly rule: SigmaRule }[] {
    return this.#sigma.deferred.all.flatMap((deferral) => {
      const rule = this.#ruleOf(deferral);
      return rule === undefined ? [] : [{ tenantId: deferral.tenantId, rule: plainRule(rule) }];
    });
  }

  /** Takes note of what a deferred rule cost off the hot path. */
  note({ tenantId, ruleId, events, steps }: DeferredCost): void {
    const key = `${tenantId}\0${ruleId}`;
    const known = this.#seen.get(key) ?? { events: 0, steps: 0 };
    const isFull = known.events >= 2 * STRETCH_EVENTS;
    const kept = isFull ? { events: known.events / 2, steps: known.steps / 2 } : known;
    this.#seen.set(key, { events: kept.events + events, steps: kept.steps + steps });
  }

  /** Takes all that people want back. What is still over its budget there is moved again. */
  want(asked: readonly PutBack[]): void {
    this.#wanted = new Map(asked.map(({ ruleId, since }) => [ruleId, since]));
  }

  /**
   * Rules that may go back: a person wants it, changed or removed them, or they have cost less than half their budget
   * over a stretch.
   */
  returnable(): readonly Deferral[] {
    return this.#sigma.deferred.all.filter((deferral) => {
      const { tenantId, ruleId, since } = deferral;
      if (tenantId === '' && this.#wanted.get(ruleId) === since) return true;
      const rule = this.#ruleOf(deferral);
      if (rule === undefined || fingerprintOf(rule) !== deferral.fingerprint) return true;
      const seen = this.#seen.get(`${tenantId}\0${ruleId}`);
      if (deferral.reason === 'fault' || seen === undefined) return false;
      return seen.events >= STRETCH_EVENTS && seen.steps / seen.events < this.#stepsMax / 2;
    });
  }

  /** Tries rules on the hot path again. */
  giveBack(deferrals: readonly Deferral[]): void {
    for (const deferral of deferrals) {
      this.#sigma.deferred.remove(deferral);
      this.#seen.delete(`${deferral.tenantId}\0${deferral.ruleId}`);
    }
  }

  #ruleOf({ tenantId, ruleId }: Deferral): SigmaRule | undefined {
    const { rules } = tenantId === '' ? this.#sigma.base : this.#sigma.of(tenantId).own;
    return rules.find((rule) => ruleKey(rule) === ruleId);
  }

  /** Looks at what rules have cost after a frame of events. @returns those it moved */
  look(events: number): readonly Deferral[] {
    const { tried } = this.#sigma;
    const moved = tried.flatMap((rules) =>
      rules.takeFaults().flatMap(({ rule, error }) => {
        const detail = messageOf(error);
        return this.#move(rules.tenantId, rule, 'fault', detail.slice(0, DETAIL_UNITS_MAX));
      }),
    );
    const costly = this.#costs
      .note(events, tried)
      .flatMap(({ tried: rules, rule, stepsPerEvent }) =>
        this.#move(rules.tenantId, rule, 'over_budget', `${stepsPerEvent} steps an event`),
      );
    return [...moved, ...costly];
  }

  #move(
    tenantId: string,
    rule: SigmaRule,
    reason: Deferral['reason'],
    detail: string,
  ): readonly Deferral[] {
    if (this.#sigma.deferred.has(tenantId, rule)) return [];
    const deferral: Deferral = {
      tenantId,
      ruleId: ruleKey(rule),
      title: rule.title,
      reason,
      detail,
      since: this.#clock.now(),
      fingerprint: fingerprintOf(rule),
    };
    this.#sigma.deferred.add(deferral);
    return [deferral];
  }
}
