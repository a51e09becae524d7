import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { describe, expect, it } from 'vitest';
import { correlationAlert } from './correlation-alerts.ts';
import {
  Correlations,
  type CorrelationsOptions,
  type MarkedEvent,
  QUIET_AFTER_MS,
} from './correlations.ts';
import { SigmaRules } from './sigma-rules.ts';

const MINUTE = 60_000;
const RULES = `title: Login
name: login
logsource: {product: linux}
detection: {sel: {a: b}, condition: sel}
`;
const correlation = (name: string, body: string): string =>
  `---\ntitle: ${name}\nname: ${name}\nlevel: high\ncorrelation: {${body}}\n`;
const THREE = correlation(
  'three',
  'type: event_count, rules: [login], group-by: [user], timespan: 1m, condition: {gte: 3}',
);
const TWICE = correlation(
  'twice',
  'type: event_count, rules: [three], group-by: [user], timespan: 1h, condition: {gte: 2}',
);
const SILENCE = correlation(
  'silence',
  'type: event_count, rules: [login], group-by: [user], timespan: 1m, condition: {lt: 1}',
);

function open(texts: readonly string[], options: Partial<CorrelationsOptions> = {}) {
  const sigma = new SigmaRules();
  const use = (list: readonly string[]): void =>
    sigma.use(loadSigma([{ name: 'r.yml', text: [RULES, ...list].join('') }]));
  use(texts);
  const counted = new Map<string, number>();
  const correlations = new Correlations({
    viewOf: (tenantId) => sigma.of(tenantId),
    count: (what, tenantId, by) => {
      const key = `${what} ${tenantId}`;
      counted.set(key, (counted.get(key) ?? 0) + by);
    },
    ...options,
  });
  return { sigma, use, correlations, counted };
}

let ids = 0;
function login(user: string, at: number): MarkedEvent {
  ids += 1;
  const labels = [`actor.name=${user}`, `host=h${ids}`];
  return { eventId: `e${ids}`, at, ruleIds: ['login'], fields: { user }, labels };
}
const logins = (user: string, count: number, at: number): MarkedEvent[] =>
  Array.from({ length: count }, (_, index) => login(user, at + index * 1000));
const plans = (results: readonly { plan: string }[]) => results.map(({ plan }) => plan);

describe('the correlations of a tenant', () => {
  it('count its own events alone', () => {
    const { correlations } = open([THREE]);
    expect(correlations.take('acme', logins('ann', 2, 0), 2000, 2000)).toEqual([]);
    expect(correlations.take('globex', logins('ann', 2, 0), 2000, 2000)).toEqual([]);
    expect(plans(correlations.take('acme', logins('ann', 1, 3000), 3000, 3000))).toEqual(['three']);
  });

  it('name the events, hosts and accounts behind a result, down through a chain', () => {
    const { correlations, sigma } = open([THREE, TWICE]);
    const first = correlations.take('acme', logins('ann', 3, 0), 3000, 3000);
    expect(plans(first)).toEqual(['three']);
    const second = correlations.take('acme', logins('ann', 3, 10 * MINUTE), 0, 0);
    expect(plans(second)).toEqual(['three', 'twice']);
    const alerting = sigma.of('acme').alertingOf('twice');
    if (alerting === undefined || second[1] === undefined) throw new Error('it alerts');
    const alert = correlationAlert(parseTenantId('acme'), alerting, second[1]);
    expect(alert).toMatchObject({ rule_id: 'twice', severity: 7, group: { user: 'ann' } });
    expect(alert.actor).toEqual({ name: 'ann' });
    expect(alert.related_events).toHaveLength(6);
    expect(alert.hosts).toHaveLength(6);
    expect(alert.description).toContain('three; Login');
    // A part of a chain does not alert by itself.
    expect(sigma.of('acme').alertingOf('three')).toBeUndefined();
  });

  it('remember what they have when others come beside them, and count what a changed one loses', () => {
    const { correlations, use, counted } = open([THREE]);
    correlations.take('acme', logins('ann', 2, 0), 2000, 2000);
    use([THREE, SILENCE]);
    expect(plans(correlations.take('acme', logins('ann', 1, 3000), 3000, 3000))).toEqual(['three']);
    correlations.take('acme', logins('bob', 2, 4000), 6000, 6000);
    use([THREE.replace('gte: 3', 'gte: 4')]);
    expect(correlations.take('acme', logins('bob', 1, 7000), 7000, 7000)).toEqual([]);
    expect(counted.get('correlation_groups_dropped acme')).toBeGreaterThan(0);
  });

  it('go on over a restart, also when its rules are told after the checkpoint was read', () => {
    const first = open([THREE]);
    first.correlations.take('acme', logins('ann', 2, 0), 2000, 2000);
    const again = open([]);
    for (const [tenantId, json] of first.correlations.capture()) {
      again.correlations.restore(tenantId, JSON.parse(json));
    }
    expect(again.correlations.capture()).toEqual(first.correlations.capture());
    again.use([THREE]);
    const found = again.correlations.take('acme', logins('ann', 1, 3000), 3000, 3000);
    expect(plans(found)).toEqual(['three']);
    again.correlations.forget('acme');
    expect(again.correlations.capture()).toEqual([]);
  });

  it('find absence when nothing comes any more: a quiet tenant has its time go on with the clock', () => {
    const { correlations } = open([SILENCE]);
    correlations.take('acme', logins('ann', 1, 0), 0, 0);
    expect(correlations.idle(0)).toEqual([]);
    expect(correlations.idle(QUIET_AFTER_MS - 1)).toEqual([]);
    const later = correlations.idle(10 * MINUTE);
    expect(later.map(({ tenantId }) => tenantId)).toEqual(['acme']);
    expect(plans(later[0]?.results ?? [])).toContain('silence');
  });

  it('are bounded for a tenant and for all together; what goes is counted', () => {
    const { correlations, counted } = open([THREE], { tenantMembersMax: 10, allMembersMax: 15 });
    for (let user = 0; user < 30; user += 1) {
      correlations.take('acme', [login(`u${user}`, user)], user, user);
    }
    expect(correlations.use()).toEqual([{ tenantId: 'acme', groups: 10, members: 10 }]);
    expect(counted.get('correlation_groups_evicted acme')).toBe(20);
    for (let user = 0; user < 10; user += 1) {
      correlations.take('globex', [login(`u${user}`, user)], user, user);
    }
    const members = correlations.use().reduce((sum, one) => sum + one.members, 0);
    expect(members).toBe(15);
  });
});
