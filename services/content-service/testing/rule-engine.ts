import { buildRuleRegistry } from '@tocsin/detect-service/domain/rule-registry.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { eventFromDocument } from '@tocsin/search/duckdb/event-document.ts';
import type { RuleEngine } from '../content-deps.ts';

/** What the processes give this service: the detector's own checks and matcher. */
export const ruleEngine: RuleEngine = {
  check: (document) => compiled(document).document,
  matcher(document) {
    const { logsources: _unknown, ...rest } = document;
    const rule = compiled(rest);
    return (stored) => {
      const event = eventFromDocument(stored);
      return rule.matches(event) ? { group: rule.groupOf(event) } : undefined;
    };
  },
};

function compiled(document: unknown) {
  const [rule] = buildRuleRegistry([document]).rules;
  assert(rule !== undefined, 'one document makes one rule');
  return rule;
}
