import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluatePlainly } from '../evaluate/evaluate-plainly.ts';
import type { EventRecord } from '../evaluate/event-record.ts';
import { logsourceApplies } from '../evaluate/logsource.ts';
import { windowsLogsources } from '../mapping/windows-logsource.ts';
import { loadRules } from '../rule/load-rules.ts';
import { RuleSet } from '../rule-set.ts';
import { arbitraryEvent, arbitraryRule } from '../testing/arbitrary-rule.ts';
import { corpusFiles, hasCorpus, regressionCases } from '../testing/corpus.ts';

/** Rules times events of the generated comparison; raise it by hand for a long search. */
const RUNS = Number(process.env['TOCSIN_SIGMA_RUNS'] ?? 400);

describe('the index', () => {
  it('matches what the plain evaluator matches, on generated rules and events', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryRule, { minLength: 1, maxLength: 8 }),
        fc.array(arbitraryEvent, { minLength: 1, maxLength: 8 }),
        (documents, events) => {
          const files = documents.map((text, index) => ({ name: `${index}`, text }));
          const { rules } = loadRules(files);
          const set = new RuleSet(rules);
          for (const event of events) expect(indexed(set, event)).toEqual(plain(set, event));
        },
      ),
      { numRuns: RUNS },
    );
  }, 120_000);
});

function indexed(set: RuleSet, event: EventRecord): string[] {
  return set
    .matcherForAny()
    .match(event)
    .map(({ file }) => file);
}

function plain(set: RuleSet, event: EventRecord): string[] {
  return set.rules
    .filter(({ expression }) => evaluatePlainly(expression, event))
    .map(({ file }) => file);
}

describe.skipIf(!hasCorpus)('the index of the public rules', () => {
  it('matches what the plain evaluator matches, on the regression events', () => {
    const set = new RuleSet(loadRules(corpusFiles('active')).rules);
    let compared = 0;
    let matched = 0;
    for (const event of regressionCases().flatMap(({ events }) => events)) {
      const triples = windowsLogsources(event);
      const expected = set.rules
        .filter(
          ({ logsource, expression }) =>
            logsourceApplies(logsource, triples) && evaluatePlainly(expression, event),
        )
        .map(({ file }) => file);
      const found = set
        .matcherFor(triples)
        .match(event)
        .map(({ file }) => file);
      expect(found).toEqual(expected);
      compared += 1;
      matched += found.length;
    }
    expect(compared).toBeGreaterThan(100);
    expect(matched).toBeGreaterThan(compared);
  }, 120_000);
});
