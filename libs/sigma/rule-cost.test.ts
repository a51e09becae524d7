import { describe, expect, it } from 'vitest';
import { loadRules } from './rule/load-rules.ts';
import { RuleSet } from './rule-set.ts';

const TEXTS = ["F|contains: 'abc'", "F|re: '(a|b)*c.*d'"].map(
  (item) => `title: t\nlogsource: {product: test}\ndetection:\n  s: {${item}}\n  condition: s\n`,
);

function stepsOf(event: Record<string, unknown>): number[] {
  const { rules } = loadRules(TEXTS.map((text, index) => ({ name: `${index}`, text })));
  const matcher = new RuleSet(rules).matcherForAny();
  matcher.match(event);
  return [...matcher.steps];
}

describe('the cost of a rule', () => {
  it('is nothing for events in which nothing of it was found', () => {
    expect(stepsOf({ G: 'abcd' })).toEqual([0, 0]);
  });

  it('is the same for the same events', () => {
    const event = { F: `${'ab'.repeat(500)}cd` };
    expect(stepsOf(event)).toEqual(stepsOf(event));
  });

  it('grows in proportion to the values that a test looks at', () => {
    const [, short = 0] = stepsOf({ F: `${'a'.repeat(6400)}cd` });
    const [, long = 0] = stepsOf({ F: `${'a'.repeat(64_000)}cd` });
    expect(short).toBeGreaterThan(100);
    expect(long / short).toBeGreaterThan(9);
    expect(long / short).toBeLessThan(11);
  });

  it('is told in time too, from one event of many, when there is a clock', () => {
    const { rules } = loadRules(TEXTS.map((text, index) => ({ name: `${index}`, text })));
    let time = 0;
    const set = new RuleSet(rules, {
      now: () => {
        time += 1;
        return time;
      },
    });
    const matcher = set.matcherForAny();
    for (let turn = 0; turn < 512; turn += 1) matcher.match({ F: 'acbd' });
    // Two of 512 events were timed: a tick each, times 256.
    expect(set.costs().map(({ rule, sampledMs }) => [rule.file, sampledMs])).toEqual([['1', 512]]);
    expect(time).toBe(4);
    const untimed = new RuleSet(rules);
    for (let turn = 0; turn < 512; turn += 1) untimed.matcherForAny().match({ F: 'acbd' });
    expect(untimed.costs()).toMatchObject([{ steps: set.costs()[0]?.steps, sampledMs: 0 }]);
  });
});
