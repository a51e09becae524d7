import type { CorrelationResult } from '@tocsin/correlation/engine/correlation-event.ts';
import { CorrelationEngine, type EngineOptions } from '@tocsin/correlation/engine/engine.ts';
import { type EventRecord, fieldValues, scalarText } from '../evaluate/event-record.ts';
import type { SigmaRule } from '../rule/rule.ts';
import { ruleKey, type SigmaCorrelation } from './correlation-rule.ts';

/** What a correlation found. */
export interface CorrelationFinding {
  readonly correlation: SigmaCorrelation;
  readonly result: CorrelationResult;
}

/** Runs Sigma correlations over events that rules matched. See `libs/correlation` for what happens when. */
export class CorrelationRunner {
  readonly engine: CorrelationEngine;
  readonly #byKey: ReadonlyMap<string, SigmaCorrelation>;

  constructor(correlations: readonly SigmaCorrelation[], options: EngineOptions) {
    this.engine = new CorrelationEngine(
      correlations.map(({ plan }) => plan),
      options,
    );
    this.#byKey = new Map(correlations.map((correlation) => [correlation.key, correlation]));
  }

  /** Whether any correlation looks at a rule. */
  wants(rule: SigmaRule): boolean {
    return this.engine.wants(ruleKey(rule));
  }

  /** The fields that correlations read of events that a rule matched. */
  fieldsOf(rule: SigmaRule): ReadonlySet<string> {
    const key = ruleKey(rule);
    const inputs = [...this.#byKey.values()].flatMap(({ plan }) => plan.inputs);
    return new Set(
      inputs
        .filter(({ source }) => source === key)
        .flatMap(({ groupFields, valueFields, carriedFields }) => [
          ...groupFields,
          ...valueFields,
          ...carriedFields,
        ]),
    );
  }

  /**
   * @param id unique for the event
   * @param at event time, milliseconds since 1970
   * @param rules all rules it matched
   */
  add(
    id: string,
    at: number,
    fields: EventRecord,
    rules: readonly SigmaRule[],
  ): CorrelationFinding[] {
    const text = (field: string): string | undefined => firstText(fields, field);
    return this.#named(this.engine.add({ id, at, text }, rules.map(ruleKey)));
  }

  /** Lets event time pass: judges the windows that have ended. */
  advance(time: number): CorrelationFinding[] {
    return this.#named(this.engine.advance(time));
  }

  #named(results: readonly CorrelationResult[]): CorrelationFinding[] {
    return results.flatMap((result) => {
      const correlation = this.#byKey.get(result.plan);
      return correlation === undefined ? [] : [{ correlation, result }];
    });
  }
}

/** The first scalar of a field in its string form: what groups and values are compared by. */
export function firstText(event: EventRecord, field: string): string | undefined {
  for (const value of fieldValues(event, field)) {
    const text = scalarText(value);
    if (text !== undefined) return text;
  }
  return undefined;
}
