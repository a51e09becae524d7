import type { Role } from '@tocsin/auth/role.ts';
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
import { listRuleSettings } from './records.ts';
import { createContentService } from './service.ts';
import { ruleEngine } from './testing/rule-engine.ts';

const [first] = RULE_PACK;
const many = ['b', 'a', 'd', 'c'].flatMap((id) =>
  first === undefined ? [] : [{ ...first, id, tags: id < 'c' ? ['early'] : ['late'] }],
);
const mine = {
  id: 'night-logins',
  name: 'night_logins',
  kind: 'threshold',
  title: 'Logins at night',
  description: '{group} logged in {count} times',
  severity: 4,
  category: 'auth',
  group_by: ['actor'],
  condition: { field: 'action', equals: 'login' },
  parameters: { threshold: 3, window_seconds: 60 },
  tags: ['own'],
};

const world = systemWorld();
let db: TestDatabase;
let events: MemorySearchStore;
let shipped: TestServer;
let own: TestServer;
beforeAll(async () => {
  db = await openTestDatabase();
  events = new MemorySearchStore(world.clock);
  const deps = { database: db.database, world, events, ruleEngine };
  shipped = await testServer(createContentService({ ...deps, rules: RULE_PACK }).routes);
  own = await testServer(createContentService({ ...deps, rules: many }).routes);
});
afterAll(async () => {
  await shipped.server.close();
  await own.server.close();
  await db.drop();
});

interface Caller {
  readonly tenant?: string;
  readonly role?: Role;
  readonly etag?: string;
}

async function call(
  http: TestServer,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  url: string,
  body?: unknown,
  { tenant = 'acme-corp', role = 'tenant_admin', etag = '*' }: Caller = {},
) {
  const answer = await http.server.app.inject({
    method,
    url,
    headers: { ...(await http.headers({ role, tenant })), 'if-match': etag },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, body: answer.json(), etag: String(answer.headers['etag']) };
}

const get = (http: TestServer, url: string, caller?: Caller) =>
  call(http, 'GET', url, undefined, caller);
const idsOf = (page: { items: { id: string }[] }) => page.items.map((item) => item.id);
const settingsOf = (tenant: string) =>
  db.database.inTenant(testTenant(tenant), (tx) => listRuleSettings(tx, testTenant(tenant)));

describe('rules', () => {
  it('are listed as shipped, each with what people need to know of it', async () => {
    const { status, body } = await get(shipped, '/v1/rules?limit=200');
    expect(status).toBe(200);
    expect(idsOf(body)).toEqual(RULE_PACK.map((rule) => rule.id).sort());
    for (const item of body.items) {
      expect(item).toMatchObject({ origin: 'shipped', status: 'active', tags: expect.any(Array) });
    }
  });

  it('are read in full by id', async () => {
    const { status, body, etag } = await get(shipped, `/v1/rules/${first?.id}`);
    expect(status).toBe(200);
    expect(etag).toBe(`"${first?.version}.0"`);
    expect(body).toMatchObject({ id: first?.id, condition: first?.condition });
  });

  it('are listed by id in pages, and filtered', async () => {
    const page = (await get(own, '/v1/rules?limit=3')).body;
    expect(idsOf(page)).toEqual(['a', 'b', 'c']);
    const rest = (await get(own, `/v1/rules?limit=3&cursor=${page.next_cursor}`)).body;
    expect(rest).toMatchObject({ items: [{ id: 'd' }], next_cursor: null });
    expect(idsOf((await get(own, '/v1/rules?tag=late')).body)).toEqual(['c', 'd']);
    expect(idsOf((await get(own, '/v1/rules?kind=no_such_kind')).body)).toEqual([]);
  });

  it('are absent as 404, and a wrong cursor or member is 400', async () => {
    for (const id of ['no-such-rule', '__proto__']) {
      expect((await get(shipped, `/v1/rules/${id}`)).status).toBe(404);
      const change = await call(shipped, 'PATCH', `/v1/rules/${id}`, { enabled: false });
      expect(change.status).toBe(404);
    }
    expect((await get(shipped, '/v1/rules?cursor=zzz')).body.code).toBe('invalid_cursor');
    expect((await get(shipped, '/v1/rules?colour=red')).status).toBe(400);
  });

  it('are changed by administrators of a tenant only', async () => {
    expect((await get(shipped, '/v1/rules', { role: 'platform_admin' })).status).toBe(403);
    for (const role of ['soc_analyst', 'auditor'] as const) {
      expect((await call(shipped, 'POST', '/v1/rules', mine, { role })).status).toBe(403);
    }
  });
});

describe('a shipped rule (A-089)', () => {
  it('is switched off and overridden for one tenant, and back', async () => {
    const url = '/v1/rules/failed-login-threshold';
    const as = { tenant: 'override-inc' };
    const before = await get(shipped, url, as);
    const change = { enabled: false, severity: 3, threshold: 50 };
    const changed = await call(shipped, 'PATCH', url, change, { ...as, etag: before.etag });
    expect(changed.body).toMatchObject({
      enabled: false,
      severity: 3,
      overrides: { severity: 3, threshold: 50 },
    });
    expect((await get(shipped, url, { tenant: 'other-inc' })).body).toMatchObject({
      enabled: true,
      severity: 8,
    });
    const late = await call(shipped, 'PATCH', url, change, { ...as, etag: before.etag });
    expect(late.status).toBe(412);
    const back = { enabled: true, severity: null, threshold: null };
    expect((await call(shipped, 'PATCH', url, back, as)).body).toMatchObject({
      enabled: true,
      severity: 8,
      overrides: { severity: null, threshold: null },
    });
  });

  it.each([
    ['PATCH', '/v1/rules/failed-login-threshold', { status: 'retired' }, 400],
    ['PATCH', '/v1/rules/root-shell-by-sudo', { threshold: 5 }, 400],
    ['PATCH', '/v1/rules/root-shell-by-sudo', {}, 400],
    ['PUT', '/v1/rules/root-shell-by-sudo', { ...mine, id: 'root-shell-by-sudo' }, 409],
    ['POST', '/v1/rules', { ...mine, id: 'root-shell-by-sudo' }, 409],
  ] as const)('refuses %s %s with %j', async (method, url, body, status) => {
    expect((await call(shipped, method, url, body)).status).toBe(status);
  });
});

describe('a rule of a tenant’s own (A-089 to A-091)', () => {
  it('is a draft, gets versions, runs one of them, and is retired for good', async () => {
    const as = { tenant: 'author-inc' };
    const url = `/v1/rules/${mine.id}`;
    const made = await call(shipped, 'POST', '/v1/rules', mine, as);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ status: 'draft', enabled: false, version: 1, origin: 'own' });
    expect((await call(shipped, 'POST', '/v1/rules', mine, as)).status).toBe(409);
    await call(shipped, 'PATCH', url, { status: 'active' }, as);
    const second = await call(shipped, 'PUT', url, { ...mine, severity: 6 }, as);
    expect(second.body).toMatchObject({ version: 1, latest_version: 2, severity: 4 });
    const [running] = await settingsOf('author-inc');
    expect(running).toMatchObject({ status: 'active', document: { version: 1, severity: 4 } });
    const active = await call(shipped, 'PATCH', url, { status: 'active' }, as);
    expect(active.body).toMatchObject({ version: 2, severity: 6, enabled: true });
    const older = await call(shipped, 'PATCH', url, { status: 'active', version: 1 }, as);
    expect(older.body).toMatchObject({ version: 1, active_version: 1 });
    expect((await call(shipped, 'PATCH', url, { version: 3 }, as)).status).toBe(400);
    const versions = (await get(shipped, `${url}/versions`, as)).body.items;
    expect(versions.map((one: { version: number }) => one.version)).toEqual([2, 1]);
    const retired = await call(shipped, 'PATCH', url, { status: 'retired' }, as);
    expect(retired.body).toMatchObject({ status: 'retired', enabled: false });
    const revived = await call(shipped, 'PATCH', url, { status: 'active' }, as);
    expect(revived.body.code).toBe('illegal_transition');
    expect((await get(shipped, url, { tenant: 'other-inc' })).status).toBe(404);
  });

  it('leaves who changed what in the audit log', async () => {
    const rows = await db.database.inTenant(testTenant('author-inc'), (tx) =>
      tx.selectFrom('audit_log').select(['action', 'object_id', 'actor']).orderBy('at').execute(),
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'rule.create',
      'rule.change',
      'rule.version',
      'rule.change',
      'rule.change',
      'rule.change',
    ]);
    expect(rows[0]).toMatchObject({ object_id: mine.id, actor: 'ada' });
  });

  it.each([
    [{ ...mine, category: 'weather' }, '/category'],
    [{ ...mine, kind: 'magic' }, '/kind'],
    [{ ...mine, parameters: { threshold: 0, window_seconds: 60 } }, '/parameters/threshold'],
    [{ ...mine, condition: { field: 'nope', equals: 'x' } }, '/condition/field'],
  ])('is checked before it is kept: %#', async (rule, pointer) => {
    const refused = await call(shipped, 'POST', '/v1/rules', rule);
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].pointer).toBe(pointer);
    const { body } = await call(shipped, 'POST', '/v1/rules/validate', rule);
    expect(body).toMatchObject({ valid: false, errors: [{ pointer }] });
  });

  it('that is sound is said to be valid', async () => {
    const { body } = await call(shipped, 'POST', '/v1/rules/validate', mine, { role: 'auditor' });
    expect(body).toEqual({ valid: true, errors: [] });
  });
});

describe('a dry run', () => {
  const HOUR = 3_600_000;
  const DAY = Date.UTC(2026, 0, 1);
  const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-20T00:00:00Z' };

  beforeAll(async () => {
    for (const tenant of ['dry-inc', 'other-inc']) {
      const rows = Array.from({ length: 300 }, (_, index) => ({
        tenant_id: tenant,
        event_id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
        timestamp: new Date(DAY + index * HOUR).toISOString(),
        ingested_at: new Date(DAY + index * HOUR).toISOString(),
        category: index % 3 === 0 ? 'network' : 'auth',
        action: index % 2 === 0 ? 'login' : 'logout',
        actor: { id: `user-${index % 5}` },
        attributes: {},
      }));
      await events.append(testTenant(tenant), 'events', rows, { source: tenant, offset: 1 });
    }
  });

  it('counts what a rule would have matched over a time range, with a sample', async () => {
    const as = { tenant: 'dry-inc', role: 'soc_analyst' } as const;
    const { body } = await call(shipped, 'POST', '/v1/rules/dry-run', { rule: mine, ...range }, as);
    expect(body).toMatchObject({
      scanned: 200,
      matched: 100,
      complete: true,
      groups: 5,
      ungrouped: 0,
      logsource_checked: true,
    });
    expect(body.sample).toHaveLength(5);
    for (const event of body.sample) {
      expect(event).toMatchObject({ tenant_id: 'dry-inc', action: 'login', category: 'auth' });
    }
    const short = { rule: mine, ...range, events_max: 50, sample: 0 };
    expect((await call(shipped, 'POST', '/v1/rules/dry-run', short, as)).body).toMatchObject({
      scanned: 50,
      complete: false,
      sample: [],
    });
  });

  it('tells the alerts that a sequence would have opened over the range, over categories', async () => {
    const { condition: _none, threshold: _no, ...head } = { threshold: 0, ...mine };
    const rule = {
      ...head,
      kind: 'sequence',
      group_by: ['actor'],
      parameters: {
        within_seconds: 18_000,
        steps: [
          { name: 'out', condition: { field: 'action', equals: 'logout' } },
          { name: 'net', category: 'network', condition: { field: 'action', equals: 'login' } },
        ],
      },
    };
    const as = { tenant: 'dry-inc', role: 'soc_analyst' } as const;
    const { body } = await call(shipped, 'POST', '/v1/rules/dry-run', { rule, ...range }, as);
    expect(body).toMatchObject({ scanned: 300, complete: true, alerts: 0 });
    const wide = { ...rule, parameters: { ...rule.parameters, within_seconds: 18_001 } };
    const found = await call(shipped, 'POST', '/v1/rules/dry-run', { rule: wide, ...range }, as);
    expect(found.body.alerts).toBeGreaterThan(0);
    expect(found.body.alert_sample[0]).toMatchObject({ event_count: 2, group: expect.any(String) });
  });

  it('keeps a sequence as a draft, runs it, and retires it', async () => {
    const { condition: _none, ...head } = mine;
    const step = { name: 'one', condition: { field: 'action', equals: 'login' } };
    const parameters = { within_seconds: 60, steps: [step, { ...step, name: 'two' }] };
    const rule = { ...head, id: 'own-sequence', kind: 'sequence', group_by: ['actor'], parameters };
    const bad = {
      ...parameters,
      steps: [step, { ...step, condition: { field: 'no', exists: true } }],
    };
    const refused = await call(shipped, 'POST', '/v1/rules', { ...rule, parameters: bad });
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].pointer).toBe('/parameters/steps/1/condition/field');
    const made = await call(shipped, 'POST', '/v1/rules', rule);
    expect(made).toMatchObject({ status: 201, body: { status: 'draft', kind: 'sequence' } });
    expect(made.body).not.toHaveProperty('condition');
    for (const status of ['active', 'retired']) {
      const changed = await call(shipped, 'PATCH', '/v1/rules/own-sequence', { status });
      expect(changed).toMatchObject({ status: 200, body: { status } });
    }
  });

  it('takes a known rule by its id, and says when its log source cannot be told', async () => {
    const body = { rule_id: 'root-shell-by-sudo', ...range };
    const answer = await call(shipped, 'POST', '/v1/rules/dry-run', body, { tenant: 'dry-inc' });
    expect(answer.body).toMatchObject({ matched: 0, logsource_checked: false });
  });

  it.each([
    [{}, 400],
    [{ rule: mine, rule_id: 'x' }, 400],
    [{ rule_id: 'no-such-rule' }, 404],
    [{ rule: mine, from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 400],
    [{ rule: { ...mine, kind: 'magic' } }, 400],
  ])('refuses %j', async (body, status) => {
    expect((await call(shipped, 'POST', '/v1/rules/dry-run', body)).status).toBe(status);
  });
});
