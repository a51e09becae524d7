import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import type { SigmaException } from '@tocsin/content/sigma-exception.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { buildRuleRegistry } from './domain/rule-registry.ts';
import { exceptionExpression, ownSigmaDocument } from './domain/sigma/decisions.ts';
import { tryRule } from './domain/try-rule.ts';

/**
 * The detector's knowledge of rules, for the service that keeps them. UNTRUSTED documents, texts and exceptions.
 *
 * @param eventOf an event as a rule sees it, from the form that the event store gives it
 */
export function ruleEngineOver<Stored>(eventOf: (stored: Stored) => NormalizedEvent) {
  return {
    check(document: unknown): RuleDocument {
      const [rule] = buildRuleRegistry([document]).rules;
      assert(rule !== undefined, 'one document makes one rule');
      return rule.document;
    },
    checkSigma: ownSigmaDocument,
    checkException(exception: SigmaException): void {
      exceptionExpression(exception);
    },
    trial(document: RuleDocument) {
      const trial = tryRule(document);
      return {
        categories: trial.categories,
        note: (stored: Stored) => trial.note(eventOf(stored)),
        alerts: () =>
          trial.alerts().map(({ group, episode: { firstAt, lastAt, count, eventIds } }) => ({
            group,
            firstAt,
            lastAt,
            count,
            eventIds,
          })),
      };
    },
  };
}
