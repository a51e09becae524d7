import { RULE_PACK } from '@tocsin/content/rule-pack.ts';
import {
  openTestDatabase,
  type TestDatabase,
  testTenant,
} from '@tocsin/database/testing/test-database.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { MemorySearchStore } from '@tocsin/search/memory/memory-search-store.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeferredNow, DeferredRule, SigmaEntry } from './content-deps.ts';
import { listPutBacks } from './put-back-records.ts';
import { listRuleSettings } from './records.ts';
import { createContentService } from './service.ts';
import { ruleEngine } from './testing/rule-engine.ts';

const RULE = '89342d43-4af6-5d68-a775-9bac53354e20';
const CORRELATION = '5d828489-1f59-5124-9d2c-2b4cb1854967';
const OWN = '3f0f2f7c-8d3e-4b8e-9a57-0a5be9d7c001';
const OWN_TEXT = `title: Own
id: ${OWN}
logsource: {product: linux, service: sshd}
detection: {sel: {user: eve}, condition: sel}
level: critical
`;

const world = systemWorld();
const entry = (id: string, kind: string, more: Partial<SigmaEntry> = {}): SigmaEntry => ({
  document: {
    id,
    name: 'sigma_rule',
    version: 1,
    kind,
    title: `Rule ${id}`,
    description: 'What it finds',
    severity: 7,
    category: 'auth',
    parameters: {},
    tags: ['attack.t1110'],
  },
  outcome: 'loaded',
  reason: '',
  ...more,
});
const SINCE = Date.parse('2026-11-23T12:00:00Z');
const late = (tenantId: string, ruleId: string): DeferredRule => ({
  tenantId,
  ruleId,
  title: `Rule ${ruleId}`,
  reason: 'over_budget',
  detail: '1200 steps an event',
  since: SINCE,
});
const deferred = async (): Promise<DeferredNow> => ({
  rules: [late('', RULE), late('globex', OWN)],
  waiting: [
    { tenantId: 'acme-corp', frames: 3 },
    { tenantId: 'globex', frames: 4 },
  ],
});
const sigma = async (): Promise<readonly SigmaEntry[]> => [
  entry(RULE, 'sigma'),
  entry(CORRELATION, 'sigma_correlation'),
  entry('waits', 'sigma', { outcome: 'inactive', reason: 'no list for servers' }),
  entry('own/bad.yml:3:1', 'sigma', { outcome: 'refused', reason: 'own/bad.yml:3:1: no' }),
];

let db: TestDatabase;
let http: TestServer;
beforeAll(async () => {
  db = await openTestDatabase();
  const events = new MemorySearchStore(world.clock);
  const deps = {
    database: db.database,
    world,
    events,
    ruleEngine,
    rules: RULE_PACK,
    sigma,
    deferred,
  };
  http = await testServer(createContentService(deps).routes);
});
afterAll(async () => {
  await http.server.close();
  await db.drop();
});

async function call(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  url: string,
  body?: unknown,
  tenant = 'acme-corp',
) {
  const answer = await http.server.app.inject({
    method,
    url,
    headers: { ...(await http.headers({ role: 'tenant_admin', tenant })), 'if-match': '*' },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, body: answer.json() };
}

const settingsOf = (tenant: string) => {
  const context = testTenant(tenant);
  return db.database.inTenant(context, (tx) => listRuleSettings(tx, context));
};

describe('Sigma rules of the installation', () => {
  it('are in the list with what became of them', async () => {
    const { body } = await call('GET', '/v1/rules?limit=200&kind=sigma');
    expect(
      body.items.map(({ id, outcome, enabled, reason }: Record<string, unknown>) => [
        id,
        outcome,
        enabled,
        reason,
      ]),
    ).toEqual([
      [RULE, 'loaded', true, ''],
      ['own/bad.yml:3:1', 'refused', false, 'own/bad.yml:3:1: no'],
      ['waits', 'inactive', false, 'no list for servers'],
    ]);
    const refused = await call('GET', '/v1/rules?outcome=refused');
    expect(refused.body.items).toHaveLength(1);
    expect((await call('GET', '/v1/rules?kind=sigma_correlation')).body.items).toHaveLength(1);
  });

  it('are switched off, given a severity and exceptions by one tenant, for itself alone', async () => {
    const exceptions = [
      {
        reason: 'the scanner of the company',
        detection: { sel: { src_ip: '10.0.0.9' }, condition: 'sel' },
      },
    ];
    const changed = await call('PATCH', `/v1/rules/${RULE}`, { severity: 9, exceptions });
    expect(changed).toMatchObject({
      status: 200,
      body: { severity: 9, exceptions, enabled: true },
    });
    await call('PATCH', `/v1/rules/${CORRELATION}`, { enabled: false });
    expect((await call('GET', `/v1/rules/${CORRELATION}`)).body.enabled).toBe(false);
    expect((await call('GET', `/v1/rules/${CORRELATION}`, undefined, 'globex')).body.enabled).toBe(
      true,
    );
    expect(await settingsOf('acme-corp')).toMatchObject([
      { rule_id: CORRELATION, enabled: false, exceptions: [] },
      { rule_id: RULE, severity: 9, exceptions },
    ]);
  });

  it.each([
    [
      'an exception that cannot be read',
      RULE,
      { exceptions: [{ reason: 'x', detection: { sel: { 'a|odd': 1 }, condition: 'sel' } }] },
    ],
    ['exceptions of a correlation', CORRELATION, { exceptions: [] }],
    ['a threshold', RULE, { threshold: 5 }],
    ['a rule without an id that stays', encodeURIComponent('own/bad.yml:3:1'), { enabled: false }],
  ])('refuse %s', async (_, id, change) => {
    expect((await call('PATCH', `/v1/rules/${id}`, change)).status).toBe(400);
  });
});

describe('a rule that is not there', () => {
  it.each([
    '01a20907-1a57-7c72-893b-e0011e8d3e83',
    'rule-of-nobody',
  ])('cannot be decided of: %s', async (id) => {
    const everything = {
      enabled: true,
      severity: 8,
      threshold: null,
      exceptions: [],
      status: 'draft',
    };
    expect((await call('PATCH', `/v1/rules/${id}`, everything)).status).toBe(404);
  });
});

describe('a Sigma rule of a tenant of its own', () => {
  it('is a draft, then active, then has a second version, like its other rules', async () => {
    const made = await call('POST', '/v1/sigma-rules', { text: OWN_TEXT });
    expect(made).toMatchObject({
      status: 201,
      body: { id: OWN, kind: 'sigma', status: 'draft', severity: 9 },
    });
    const active = await call('PATCH', `/v1/rules/${OWN}`, { status: 'active' });
    expect(active.body).toMatchObject({ enabled: true, active_version: 1 });
    const second = OWN_TEXT.replace('eve', 'mallory');
    expect(
      (await call('PUT', `/v1/sigma-rules/${OWN}`, { text: second })).body.latest_version,
    ).toBe(2);
    await call('PATCH', `/v1/rules/${OWN}`, { version: 2 });
    const settings = await settingsOf('acme-corp');
    expect(settings.find(({ rule_id }) => rule_id === OWN)?.document?.parameters['text']).toBe(
      second,
    );
    expect((await call('GET', `/v1/rules/${OWN}`, undefined, 'globex')).status).toBe(404);
  });

  it.each([
    [
      'that cannot be read',
      'title: x\nlogsource: {product: a}\ndetection: {sel: {"a|odd": 1}, condition: sel}',
    ],
    ['without an id', OWN_TEXT.replace(/id: .*\n/, '')],
    ['that is no YAML', '{{{'],
  ])('is refused, with the place, %s', async (_, text) => {
    expect((await call('POST', '/v1/sigma-rules', { text })).status).toBe(400);
  });

  it('cannot take the id of a rule of the installation, nor become a rule of the other kind', async () => {
    const taken = OWN_TEXT.replace(OWN, RULE);
    expect((await call('POST', '/v1/sigma-rules', { text: taken })).status).toBe(409);
    const { body } = await call('GET', `/v1/rules/${OWN}`);
    expect(body.parameters.text).toContain('mallory');
  });
});

describe('a Sigma rule off the hot path', () => {
  const platform = async (method: 'GET' | 'POST', url: string) => {
    const headers = await http.headers({ role: 'platform_admin' });
    const answer = await http.server.app.inject({ method, url, headers });
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
  };
  const RULES = '/v1/platform/deferred-rules';

  it('is told to each tenant with its own backlog, and to nobody when it is another tenant’s own', async () => {
    const { body } = await call('GET', `/v1/rules/${RULE}`);
    expect(body.deferred).toEqual({
      reason: 'over_budget',
      since: '2026-11-23T12:00:00.000Z',
      frames_waiting: 3,
    });
    const waits = await call('GET', '/v1/rules/waits');
    expect(waits.body.deferred).toBeNull();
    const { items } = (await call('GET', '/v1/rules?limit=200&kind=sigma')).body;
    expect(items.filter((rule: { deferred: unknown }) => rule.deferred !== null)).toHaveLength(1);
  });

  it('of the installation is listed to who runs it, without what tenants have of their own', async () => {
    const { body } = await platform('GET', RULES);
    expect(body).toEqual({
      items: [
        {
          rule_id: RULE,
          title: `Rule ${RULE}`,
          reason: 'over_budget',
          detail: '1200 steps an event',
          since: '2026-11-23T12:00:00.000Z',
          frames_waiting: 7,
          put_back_at: null,
          put_back_by: null,
        },
      ],
      next_cursor: null,
    });
  });

  it('is put back by them, for the detector to follow, with a row in the audit log', async () => {
    const asked = await platform('POST', `${RULES}/${RULE}/put-back`);
    expect(asked).toMatchObject({ status: 202, body: { rule_id: RULE, put_back_by: 'ada' } });
    expect((await platform('GET', RULES)).body.items).toEqual([asked.body]);
    const kept = await db.database.inPlatform((tx) => listPutBacks(tx));
    expect(kept).toMatchObject([{ rule_id: RULE, deferred_since: new Date(SINCE) }]);
    const requestId = String(asked.headers['x-request-id']);
    const rows = await db.database.inPlatform((tx) =>
      tx.selectFrom('audit_log').selectAll().where('request_id', '=', requestId).execute(),
    );
    expect(rows).toMatchObject([
      {
        actor: 'ada',
        action: 'rule.put_back',
        object_id: RULE,
        before: { put_back_at: null },
        after: { put_back_by: 'ada' },
      },
    ]);
  });

  it('is not put back when it is not off the hot path, or another tenant’s own', async () => {
    expect((await platform('POST', `${RULES}/waits/put-back`)).status).toBe(404);
    expect((await platform('POST', `${RULES}/${OWN}/put-back`)).status).toBe(404);
  });
});
