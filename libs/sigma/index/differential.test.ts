import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluatePlainly } from '../evaluate/evaluate-plainly.ts';
import type { EventRecord } from '../evaluate/event-record.ts';
import { logsourceApplies } from '../evaluate/logsource.ts';
import { windowsLogsources } from '../mapping/windows-logsource.ts';
import { loadRules } from '../rule/load-rules.ts';
import { RuleSet } from '../rule-set.ts';
import { arbitraryEvent, arbitraryRule } from '../testing/arbitrary-rule.ts';
import { corpusFiles, hasCorpus, mixedEvents, regressionCases } from '../testing/corpus.ts';
import { JsonChunk } from './json-chunk.ts';

/** Rules times events of the generated comparison; raise it by hand for a long search. */
const RUNS = Number(process.env['TOCSIN_SIGMA_RUNS'] ?? 400);
/** Every so many events of the mix are compared; `make sigma-long` takes them all (`testing/compare-mix.ts`). */
const EVERY = 6000;
const LONG = 3_600_000;

describe('the index', () => {
  it(
    'matches what the plain evaluator matches, on generated rules and events',
    () => {
      let pairs = 0;
      fc.assert(
        fc.property(
          fc.array(arbitraryRule, { minLength: 1, maxLength: 8 }),
          fc.array(arbitraryEvent, { minLength: 1, maxLength: 8 }),
          (documents, events) => {
            const files = documents.map((text, index) => ({ name: `${index}`, text }));
            const { rules } = loadRules(files);
            const set = new RuleSet(rules);
            pairs += rules.length * events.length;
            const lines = events.map(jsonOf);
            const chunk = new JsonChunk(Buffer.from(lines.join('\n')));
            let start = 0;
            for (const [number, event] of events.entries()) {
              const expected = plain(set, event);
              expect(indexed(set, event)).toEqual(expected);
              const end = start + Buffer.byteLength(lines[number] ?? '');
              // From the third time on its values are known.
              for (let time = 0; time < 3; time += 1) {
                expect(indexedJson(set, chunk, start, end)).toEqual(expected);
              }
              start = end + 1;
            }
          },
        ),
        { numRuns: RUNS },
      );
      console.log(`${pairs} pairs of rule and event, 0 differences`);
    },
    LONG,
  );
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
  const set = new RuleSet(hasCorpus ? loadRules(corpusFiles('active')).rules : []);

  it('matches the same when it was built with pauses', async () => {
    const events = regressionCases().flatMap((each) => each.events);
    let pauses = 0;
    const paused = await RuleSet.withPauses(set.rules, () => {
      pauses += 1;
      return undefined;
    });
    expect(pauses).toBeGreaterThan(set.rules.length);
    expect(paused.tableBytes).toBe(new RuleSet(set.rules).tableBytes);
    for (const event of events) expect(indexed(paused, event)).toEqual(indexed(set, event));
  });

  it('matches what the plain evaluator matches, on the regression events', () => {
    const events = regressionCases().flatMap((each) => each.events);
    const { compared, matched } = compare(set, events);
    expect(compared).toBeGreaterThan(100);
    expect(matched).toBeGreaterThan(compared);
  });

  it(
    'matches what the plain evaluator matches, on the mix of the benchmark, routed and not',
    () => {
      const { compared, matched } = compare(set, mixedEvents(EVERY));
      console.log(
        `${set.rules.length} rules x ${compared} events: ${matched} matches, 0 differences`,
      );
      expect(compared).toBeGreaterThan(50);
    },
    LONG,
  );
});

/** Compares index and plain evaluator, from objects and from bytes, of all rules and of those that the event's triples route. */
function compare(
  set: RuleSet,
  events: readonly EventRecord[],
): { compared: number; matched: number } {
  const all = set.matcherForAny();
  let matched = 0;
  for (const event of events) {
    const holding = set.rules.filter(({ expression }) => evaluatePlainly(expression, event));
    const expected = holding.map(({ file }) => file);
    expect(all.match(event).map(({ file }) => file)).toEqual(expected);
    const line = Buffer.from(jsonOf(event));
    for (let time = 0; time < 3; time += 1) {
      expect(indexedJson(set, new JsonChunk(line), 0, line.length)).toEqual(expected);
    }
    const triples = windowsLogsources(event);
    const routed = set.matcherFor(triples).match(event);
    expect(routed).toEqual(holding.filter(({ logsource }) => logsourceApplies(logsource, triples)));
    matched += expected.length;
  }
  return { compared: events.length, matched };
}
