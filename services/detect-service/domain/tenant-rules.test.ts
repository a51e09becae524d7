import type { RuleSetting } from '@tocsin/content/rule-setting.ts';
import { SHIPPED_RULES } from '@tocsin/content/shipped-rules.ts';
import { describe, expect, it } from 'vitest';
import { buildRuleRegistry } from './rule-registry.ts';
import { TenantRules } from './tenant-rules.ts';

const shipped = buildRuleRegistry(SHIPPED_RULES);
const plain = { status: 'active', enabled: true, severity: null, threshold: null } as const;
const own: RuleSetting = {
  ...plain,
  rule_id: 'mine',
  document: {
    id: 'mine',
    name: 'mine',
    version: 1,
    kind: 'match',
    title: 'Mine',
    description: 'Mine',
    severity: 1,
    category: 'auth',
    condition: { field: 'action', equals: 'x' },
    parameters: {},
    tags: [],
  },
};
const ids = (rules: TenantRules, tenant: string) =>
  rules.of(tenant).rules.map((rule) => rule.document.id);

describe('the rules of tenants', () => {
  it('are the shipped ones, compiled once, until a tenant decides otherwise', () => {
    const rules = new TenantRules(shipped);
    const running = SHIPPED_RULES.filter((rule) => rule.enabled_by_default !== false);
    expect(ids(rules, 'acme-corp')).toEqual(running.map((rule) => rule.id));
    expect(rules.of('acme-corp')).toBe(rules.of('globex'));
    for (const rule of rules.of('acme-corp').rules) expect(shipped.rules).toContain(rule);
  });

  it('change for the tenant that decided and for no other', () => {
    const rules = new TenantRules(shipped);
    const off: RuleSetting = { ...plain, rule_id: 'root-shell-by-sudo', enabled: false };
    const other: RuleSetting = {
      ...plain,
      rule_id: 'failed-login-threshold',
      severity: 2,
      threshold: 99,
    };
    expect(rules.set('acme-corp', [off, other, own])).toEqual([]);
    expect(ids(rules, 'acme-corp')).not.toContain('root-shell-by-sudo');
    expect(ids(rules, 'acme-corp')).toContain('mine');
    const changed = rules
      .of('acme-corp')
      .rules.find(({ document }) => document.id === 'failed-login-threshold');
    expect(changed?.document.severity).toBe(2);
    expect(changed?.counting.window.threshold).toBe(99);
    expect(ids(rules, 'globex')).toContain('root-shell-by-sudo');
    expect(ids(rules, 'globex')).not.toContain('mine');
    rules.set('acme-corp', []);
    expect(rules.of('acme-corp')).toBe(rules.of('globex'));
  });

  it.each(['draft', 'retired'] as const)('leave out a rule that is %s', (status) => {
    const rules = new TenantRules(shipped);
    rules.set('acme-corp', [{ ...own, status }]);
    expect(ids(rules, 'acme-corp')).not.toContain('mine');
  });

  it('go on without one that cannot run, and say which', () => {
    const rules = new TenantRules(shipped);
    const broken = { ...own, document: { ...own.document, kind: 'gone' } } as RuleSetting;
    const [fault] = rules.set('acme-corp', [broken]);
    expect(fault).toMatchObject({ ruleId: 'mine', reason: expect.stringContaining('/kind') });
    expect(rules.of('acme-corp').rules.length).toBe(rules.of('globex').rules.length);
  });
});
