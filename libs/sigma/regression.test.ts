import { beforeAll, describe, expect, it } from 'vitest';
import { evaluatePlainly } from './evaluate/evaluate-plainly.ts';
import { logsourceApplies } from './evaluate/logsource.ts';
import { windowsLogsources } from './mapping/windows-logsource.ts';
import { loadRules } from './rule/load-rules.ts';
import type { SigmaRule } from './rule/rule.ts';
import { CORPUS, corpusFiles, hasCorpus, regressionCases } from './testing/corpus.ts';

/** Rules with events that must match them; it never falls. */
const RULES_WITH_EVENTS = 101;
const CISCO = [{ product: 'cisco', category: '', service: 'aaa' }];

describe.skipIf(!hasCorpus)(`the regression events in ${CORPUS}`, () => {
  const rules = new Map<string, SigmaRule>();
  beforeAll(() => {
    const wanted = new Set(regressionCases().map(({ rulePath }) => rulePath));
    const files = corpusFiles('active').filter(({ name }) => wanted.has(name));
    for (const rule of loadRules(files).rules) rules.set(rule.id, rule);
  });

  it('fire the rules that they were recorded for, routed by logsource', () => {
    const failed: string[] = [];
    const cases = regressionCases();
    for (const { ruleId, rulePath, events, matchCount, windows } of cases) {
      const rule = rules.get(ruleId);
      const hits = events.filter(
        (event) =>
          rule !== undefined &&
          logsourceApplies(rule.logsource, windows ? windowsLogsources(event) : CISCO) &&
          evaluatePlainly(rule.expression, event),
      );
      if (hits.length < matchCount) failed.push(rulePath);
    }
    expect(failed).toEqual([]);
    expect(cases).toHaveLength(RULES_WITH_EVENTS);
  });
});
