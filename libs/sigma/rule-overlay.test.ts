import { describe, expect, it } from 'vitest';
import { loadRules } from './rule/load-rules.ts';
import { OWN_RULES_MAX, RuleOverlay } from './rule-overlay.ts';
import { RuleSet } from './rule-set.ts';

const TRIPLES = [{ product: 'test', category: '', service: '' }];

function load(name: string, detection: string, product = 'test') {
  const text = `title: ${name}\nlogsource: {product: ${product}}\ndetection:\n  s: {${detection}}\n  condition: s\n`;
  const [rule] = loadRules([{ name, text }]).rules;
  if (rule === undefined) throw new Error('the rule of the test does not load');
  return { ...rule, id: name };
}

const base = new RuleSet([load('a', 'F: x'), load('b', 'F|contains: x')]);

function matches(tenant: RuleOverlay, event: Record<string, unknown>): string[] {
  const found = base.matcherFor(TRIPLES).match(event);
  return tenant.matches(found, event, TRIPLES).map(({ id }) => id);
}

describe('the rules of a tenant', () => {
  it('are those of the base when it says nothing', () => {
    expect(matches(new RuleOverlay({}), { F: 'x' })).toEqual(['a', 'b']);
  });

  it('leave out what is off, and what does not meet an exception', () => {
    const { expression } = load('e', 'User: admin');
    const quiet = { ruleId: 'b', expression: { kind: 'not', part: expression } as const };
    const tenant = new RuleOverlay({ disabled: new Set(['a']), exceptions: [quiet] });
    expect(matches(tenant, { F: 'x', User: 'bob' })).toEqual(['b']);
    expect(matches(tenant, { F: 'x', User: 'ADMIN' })).toEqual([]);
  });

  it('have its own beside them, by their logsource', () => {
    const own = [load('own', 'F: x'), load('foreign', 'F: x', 'other')];
    expect(matches(new RuleOverlay({ own }), { F: 'x' })).toEqual(['a', 'b', 'own']);
  });

  it('are limited', () => {
    const own = Array.from({ length: OWN_RULES_MAX + 1 }, () => load('own', 'F: x'));
    expect(() => new RuleOverlay({ own })).toThrow(RangeError);
  });
});
