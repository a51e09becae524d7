import { describe, expect, it } from 'vitest';
import { handedOver, packLists, unpackLists } from './index/carried-lists.ts';
import { finish } from './index/work.ts';
import { loadRules } from './rule/load-rules.ts';
import type { SigmaRule } from './rule/rule.ts';
import { RuleSet } from './rule-set.ts';
import { corpusFiles, hasCorpus, regressionCases } from './testing/corpus.ts';

const TEXTS = [
  "{F|contains: 'abc'}",
  "{F|re: '(a|b)*c.*d'}",
  "['needle']",
  '{G: null}',
  "{F|contains: 'abc', G: x}",
].map(
  (item, index) =>
    `title: r${index}\nlogsource: {product: test}\ndetection:\n  s: ${item}\n  condition: s\n`,
);
const { rules } = loadRules(TEXTS.map((text, index) => ({ name: `${index}`, text })));
const EVENTS = [{ F: 'abcd', H: 'a needle' }, { F: 'acbd', G: 'x' }, { F: 'abcd', G: 'x' }, {}];

describe('a matcher without some of its rules', () => {
  const set = new RuleSet(rules);
  const whole = set.matcherFor([{ product: 'test', category: '', service: '' }]);

  it.each(rules.map((rule) => [rule.title, rule] as const))('finds all but %s', (_, rule) => {
    const rest = whole.without(new Set([rule]));
    for (const event of EVENTS) {
      expect(rest.match(event)).toEqual(whole.match(event).filter((found) => found !== rule));
    }
  });

  it('has no tables of its own but the list of what counts, and goes on counting the same steps', () => {
    const bytes = set.tableBytes;
    const rest = whole.without(new Set(rules.slice(0, 1)));
    rest.match(EVENTS[1] ?? {});
    expect(rest.steps).toBe(whole.steps);
    expect(set.tableBytes).toBe(bytes);
  });
});

describe('an event of which the text is there', () => {
  const matcher = new RuleSet(rules).matcherForAny();
  const long = { ...EVENTS[0], L: 'é'.repeat(70_000), M: 'a needle' };

  it.each([
    ...EVENTS,
    long,
    { F: 'abcd é', G: 'x' },
  ])('meets the same rules as its object', (event) => {
    expect(matcher.prefersText).toBe(true);
    expect(matcher.matchText(JSON.stringify(event))).toEqual(matcher.match(event));
  });

  it('is left to its object when bytes cannot say the same, or it is none', () => {
    expect(matcher.matchText('{"F":"\ud800"}')).toBeUndefined();
    expect(matcher.matchText('["needle"]')).toBeUndefined();
    expect(matcher.matchText('{"F":')).toBeUndefined();
  });
});

describe('a route that is prepared with pauses', () => {
  it('is the one that is used', async () => {
    const set = new RuleSet(rules);
    let pauses = 0;
    const triples = [{ product: 'test', category: '', service: '' }];
    await set.prepare(triples, () => {
      pauses += 1;
      return undefined;
    });
    const bytes = set.tableBytes;
    expect(
      set
        .matcherFor(triples)
        .match(EVENTS[0] ?? {})
        .map(({ title }) => title),
    ).toEqual(['r0', 'r1', 'r2', 'r3']);
    expect(set.tableBytes).toBe(bytes);
    expect(pauses).toBeGreaterThan(rules.length);
  });
});

describe('a set that is carried to another thread', () => {
  function carried(set: RuleSet): RuleSet {
    const pieces = packLists({ ...set.lists(), 'the rules': set.rules });
    const { 'the rules': read = [], ...lists } = finish(unpackLists(pieces));
    return finish(RuleSet.carried(read as readonly SigmaRule[], lists));
  }

  it('matches the same, also by keywords, expressions and other logsources', () => {
    const there = carried(new RuleSet(rules));
    const triples = [{ product: 'test', category: '', service: '' }];
    for (const event of EVENTS) {
      const here = new RuleSet(rules).matcherFor(triples).match(event);
      expect(there.matcherFor(triples).match(event)).toEqual(here);
      expect(there.matcherForAny().match(event)).toEqual(here);
    }
  });

  it.skipIf(!hasCorpus)('has the same tables and matches the same, of the public rules', () => {
    // Some of them: what differs would differ in any.
    const files = corpusFiles('active').filter((_, index) => index % 5 === 0);
    const set = new RuleSet(loadRules(files).rules);
    const there = carried(set);
    expect(there.tableBytes).toBe(set.tableBytes);
    const [here, other] = [set.matcherForAny(), there.matcherForAny()];
    const events = regressionCases().flatMap((each) => each.events);
    for (const event of events.filter((_, index) => index % 5 === 0)) {
      expect(other.match(event).map(({ file }) => file)).toEqual(
        here.match(event).map(({ file }) => file),
      );
    }
  });
});

describe('lists in pieces', () => {
  it('come back as they were, however large or small their values are', () => {
    const lists = {
      none: [],
      small: Array.from({ length: 5000 }, (_, index) => index),
      large: ['x'.repeat(100_000), 'y', 'z'.repeat(100_000)],
      tables: [{ a: new Int32Array(5000).fill(7), b: [new Uint8Array(9000)] }, new Float64Array(3)],
      parts: [new Uint8Array(9000).subarray(10, 8000)],
      odd: [undefined, 10n ** 20n, new Map([[1, 'a']]), Int32Array.of(-1, 2), [null]],
    };
    const pieces = packLists(lists);
    expect(pieces.length).toBeGreaterThan(5);
    expect(finish(unpackLists(pieces))).toEqual(lists);
  });

  it('come back from a message, which takes nothing away from what was packed', () => {
    const table = new Int32Array(5000).fill(7);
    const lists = { tables: [{ table, more: [new Uint8Array(9000), table] }] };
    const pieces = packLists(lists);
    const sent = structuredClone(pieces, { transfer: handedOver(pieces) });
    expect(pieces.flatMap(({ buffers }) => buffers.map(({ byteLength }) => byteLength))).toEqual([
      0, 0,
    ]);
    expect(finish(unpackLists(sent))).toEqual(lists);
    expect(table).toHaveLength(5000);
  });
});
