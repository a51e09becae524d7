import { describe, expect, it } from 'vitest';
import { loadRules } from './rule/load-rules.ts';
import { RuleSet } from './rule-set.ts';

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
