import type { RuleSetting } from '@tocsin/content/rule-setting.ts';
import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { normalizeLine } from '@tocsin/sources/normalize-line.ts';
import { describe, expect, it } from 'vitest';
import { RuleRegistry } from '../rule-registry.ts';
import { TenantRules } from '../tenant-rules.ts';
import { ownSigmaDocument } from './decisions.ts';
import { SigmaRules } from './sigma-rules.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const BASE = `title: Failed
id: 11111111-1111-4111-8111-111111111111
logsource: {product: linux, service: sshd}
detection: {words: ['failed password'], condition: words}
level: high
`;
const BASE_ID = '11111111-1111-4111-8111-111111111111';
const OWN_ID = '33333333-3333-4333-8333-333333333333';
const OWN = `title: Own
id: ${OWN_ID}
logsource: {product: linux, service: sshd}
detection: {words: ['from 203.0.113.9'], condition: words}
level: low
`;
const LINE = 'Nov 20 10:00:00 web sshd[1]: Failed password for root from 203.0.113.9 port 4 ssh2';
const event = normalizeLine(LINE, '', '', NOW);

const plain: RuleSetting = {
  rule_id: BASE_ID,
  status: 'active',
  enabled: true,
  severity: null,
  threshold: null,
};
const own = (text: string): RuleSetting => ({
  ...plain,
  rule_id: OWN_ID,
  document: ownSigmaDocument(text, 1),
});

function open() {
  const sigma = new SigmaRules(new Set(['linux-auth']));
  sigma.use(loadSigma([{ name: 'base.yml', text: BASE }]));
  const rules = new TenantRules(new RuleRegistry([]), sigma);
  const found = (tenant: string): unknown[] =>
    (sigma.of(tenant).match(event)?.marks ?? []).map(({ ruleId, alerting }) => [
      ruleId,
      alerting?.document.severity,
    ]);
  return { rules, found };
}

describe('what a tenant decides of Sigma rules', () => {
  it('holds for it alone: off, another severity, its own', () => {
    const { rules, found } = open();
    expect(found('acme')).toEqual([[BASE_ID, 7]]);
    rules.set('acme', [{ ...plain, severity: 9 }, own(OWN)]);
    expect(found('acme')).toEqual([
      [BASE_ID, 9],
      [OWN_ID, 3],
    ]);
    rules.set('acme', [{ ...plain, enabled: false }]);
    expect(found('acme')).toEqual([]);
    expect(found('globex')).toEqual([[BASE_ID, 7]]);
    rules.set('acme', []);
    expect(found('acme')).toEqual([[BASE_ID, 7]]);
  });

  it('leaves out the events that meet an exception, and no other', () => {
    const { rules, found } = open();
    const except = (src_ip: string): RuleSetting => ({
      ...plain,
      exceptions: [{ reason: 'ours', detection: { sel: { src_ip }, condition: 'sel' } as never }],
    });
    rules.set('acme', [except('203.0.113.9')]);
    expect(found('acme')).toEqual([]);
    rules.set('acme', [except('203.0.113.10')]);
    expect(found('acme')).toEqual([[BASE_ID, 7]]);
  });

  it('runs an own correlation with the rules it counts, which do not alert', () => {
    const text = `title: One
name: one
logsource: {product: linux, service: sshd}
detection: {words: ['failed password'], condition: words}
---
title: Many
id: ${OWN_ID}
correlation: {type: event_count, rules: [one], group-by: [src_ip], timespan: 5m, condition: {gte: 3}}
level: high
`;
    const { rules, found } = open();
    const document = ownSigmaDocument(text, 1);
    expect(document).toMatchObject({ id: OWN_ID, title: 'Many', severity: 7, kind: 'sigma' });
    rules.set('acme', [{ ...plain, rule_id: OWN_ID, document }]);
    expect(found('acme')).toEqual([
      [BASE_ID, 7],
      ['one', undefined],
    ]);
  });

  it('tells what cannot run, and runs the rest', () => {
    const { rules, found } = open();
    const broken = own(OWN);
    const document = { ...ownSigmaDocument(OWN, 1), parameters: { text: 'title: x' } };
    const faults = rules.set('acme', [
      { ...plain, severity: 8 },
      { ...broken, document },
    ]);
    expect(faults).toMatchObject([{ ruleId: OWN_ID }]);
    expect(found('acme')).toEqual([[BASE_ID, 8]]);
  });
});
