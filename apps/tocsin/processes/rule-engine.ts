import type { RuleEngine } from '@tocsin/content-service/content-deps.ts';
import { buildRuleRegistry } from '@tocsin/detect-service/domain/rule-registry.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { eventFromDocument } from '@tocsin/search/duckdb/event-document.ts';

/** The detector's knowledge of rules, for the service that keeps them. */
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
