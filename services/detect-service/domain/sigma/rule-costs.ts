import type { SigmaRule } from '@tocsin/sigma/rule/rule.ts';
import type { TriedRules } from './tried-rules.ts';

/** Steps that a rule may cost an event on average, over {@link STRETCH_EVENTS}; default. Rules of the public corpus cost at most 400. */
export const STEPS_PER_EVENT_MAX = 1_000;
/** Events over which steps are averaged. Steps are the same for the same events: no clock decides. */
export const STRETCH_EVENTS = 4_096;
/** Rules are looked at after so many events, so that a very costly one is found before its stretch is over. */
const LOOK_EVENTS = 512;

/** A rule over its budget. */
export interface CostlyRule {
  readonly tried: TriedRules;
  readonly rule: SigmaRule;
  /** Steps an event, over the stretch. */
  readonly stepsPerEvent: number;
}

/** Finds rules that cost more than their budget. */
export class RuleCosts {
  readonly #stepsMax: number;
  #before = new Map<TriedRules, ReadonlyMap<SigmaRule, number>>();
  #events = 0;
  #looked = 0;

  constructor(stepsPerEventMax: number = STEPS_PER_EVENT_MAX) {
    this.#stepsMax = stepsPerEventMax * STRETCH_EVENTS;
  }

  /** Takes note of events that were tried; now and then gives the rules over their budget. */
  note(events: number, all: Iterable<TriedRules>): readonly CostlyRule[] {
    this.#events += events;
    if (this.#events - this.#looked < LOOK_EVENTS) return NONE;
    this.#looked = this.#events;
    const isOver = this.#events >= STRETCH_EVENTS;
    const costly: CostlyRule[] = [];
    const now = new Map<TriedRules, ReadonlyMap<SigmaRule, number>>();
    for (const tried of all) {
      const steps = tried.steps();
      const before = this.#before.get(tried);
      now.set(tried, steps);
      for (const [rule, sum] of steps) {
        const spent = sum - (before?.get(rule) ?? 0);
        if (spent <= this.#stepsMax) continue;
        costly.push({ tried, rule, stepsPerEvent: Math.round(spent / this.#events) });
      }
    }
    if (isOver) {
      this.#before = now;
      this.#events = 0;
      this.#looked = 0;
    }
    return costly;
  }
}

const NONE: readonly CostlyRule[] = [];
