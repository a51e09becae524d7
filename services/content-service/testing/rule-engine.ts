import { buildRuleRegistry } from '@tocsin/detect-service/domain/rule-registry.ts';
import {
  exceptionExpression,
  ownSigmaDocument,
} from '@tocsin/detect-service/domain/sigma/decisions.ts';
import { tryRule } from '@tocsin/detect-service/domain/try-rule.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { eventFromDocument } from '@tocsin/search/duckdb/event-document.ts';
import type { RuleEngine } from '../content-deps.ts';

/** What the processes give this service: the detector's own checks and trials. */
export const ruleEngine: RuleEngine = {
  check(document) {
    const [rule] = buildRuleRegistry([document]).rules;
    assert(rule !== undefined, 'one document makes one rule');
    return rule.document;
  },
  checkSigma: ownSigmaDocument,
  checkException(exception) {
    exceptionExpression(exception);
  },
  trial(document) {
    const trial = tryRule(document);
    return {
      categories: trial.categories,
      note: (stored) => trial.note(eventFromDocument(stored)),
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
