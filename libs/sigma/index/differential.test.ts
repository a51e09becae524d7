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
import { JsonChunk } from './json-chunk.ts';

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
          const lines = events.map(jsonOf);
          const chunk = new JsonChunk(Buffer.from(lines.join('\n')));
          let start = 0;
          for (const [number, event] of events.entries()) {
            const expected = plain(set, event);
            expect(indexed(set, event)).toEqual(expected);
            const end = start + Buffer.byteLength(lines[number] ?? '');
            expect(indexedJson(set, chunk, start, end)).toEqual(expected);
            start = end + 1;
          }
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

function indexedJson(set: RuleSet, chunk: JsonChunk, start: number, end: number): string[] {
  const matcher = set.matcherForAny();
  const numbers = matcher.matchJson(chunk, start, end) ?? [];
  return numbers.map((number) => matcher.rules[number]?.file ?? '');
}

/** JSON with whole numbers of any size, and every second string with its first character escaped. */
function jsonOf(event: EventRecord): string {
  const text = JSON.stringify(event, (_, value) =>
    typeof value === 'bigint' ? `BIG${value}` : value,
  );
  return text
    .replaceAll(/"BIG(-?\d+)"/g, '$1')
    .replaceAll(/:"([ab])/g, (_, letter: string) => `:"\\u00${letter.charCodeAt(0).toString(16)}`);
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
