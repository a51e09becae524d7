import type { Role } from '@tocsin/auth/role.ts';
import { DEFAULT_QUOTA } from '@tocsin/contracts/tenant-quota.ts';
import { openTestDatabase, type TestDatabase } from '@tocsin/database/testing/test-database.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenantService } from './service.ts';

const ACME = {
  tenant_id: 'acme-corp',
  name: 'ACME Corporation',
  retention_days: 90,
  data_residency: 'us-east',
};

let db: TestDatabase;
let http: TestServer;

beforeAll(async () => {
  db = await openTestDatabase();
  http = await testServer(
    createTenantService({
      database: db.database,
      residency: ['us-east', 'eu-west'],
      defaultQuota: DEFAULT_QUOTA,
    }).routes,
  );
});
afterAll(async () => {
  await http.server.close();
  await db.drop();
});

interface Call {
  readonly body?: unknown;
  readonly role?: Role;
  readonly headers?: Record<string, string>;
}

async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, options: Call = {}) {
  const caller = await http.headers({
    role: options.role ?? 'platform_admin',
    subject: 'root@msp',
  });
  return http.server.app.inject({
    method,
    url,
    headers: { ...caller, ...options.headers },
    ...(options.body === undefined ? {} : { payload: JSON.stringify(options.body) }),
  });
}

async function auditOf(tenantId: string) {
  return db.database.inPlatform((tx) =>
    tx
      .selectFrom('audit_log')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('at')
      .execute(),
  );
}

describe('tenants', () => {
  it('are created by a platform administrator with the body of X-15, and audited', async () => {
    const created = await call('POST', '/v1/tenants', { body: ACME });
    expect(created.statusCode).toBe(201);
    expect(created.json()).toMatchObject({
      ...ACME,
      status: 'active',
      created_by: 'root@msp',
      modified_by: 'root@msp',
    });
    expect(created.headers).toMatchObject({ etag: '"1"', location: '/v1/tenants/acme-corp' });
    expect(await auditOf('acme-corp')).toMatchObject([
      { actor: 'root@msp', action: 'tenant.create', before: null, after: ACME },
    ]);
    const read = await call('GET', '/v1/tenants/acme-corp');
    expect(read.json()).toEqual(created.json());
    expect(read.headers['etag']).toBe('"1"');
  });

  it('are not created twice under one id', async () => {
    const again = await call('POST', '/v1/tenants', { body: ACME });
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({ code: 'conflict' });
  });

  it('have defaults for retention and residency', async () => {
    const created = await call('POST', '/v1/tenants', {
      body: { tenant_id: 'plain-corp', name: 'Plain' },
    });
    expect(created.json()).toMatchObject({ retention_days: 90, data_residency: 'unspecified' });
  });

  it.each([
    ['an id with a dot', { tenant_id: 'a.b.c' }, '/tenant_id'],
    ['an id with a slash', { tenant_id: '../etc' }, '/tenant_id'],
    ['an id with a wildcard', { tenant_id: 'acme-*' }, '/tenant_id'],
    ['an id that is too short', { tenant_id: 'ab' }, '/tenant_id'],
    ['a name with NUL', { name: 'a\u0000b' }, '/name'],
    ['a name of spaces', { name: '   ' }, '/name'],
    ['a retention of no day', { retention_days: 0 }, '/retention_days'],
    ['a retention past ten years', { retention_days: 3_651 }, '/retention_days'],
    ['a retention in words', { retention_days: 'ninety' }, '/retention_days'],
    ['a residency with a space', { data_residency: 'us east' }, '/data_residency'],
    ['a member nobody knows', { colour: 'red' }, '/colour'],
  ])('are refused with %s', async (_name, wrong, pointer) => {
    const body = { ...ACME, tenant_id: 'wrong-corp', ...wrong };
    const answer = await call('POST', '/v1/tenants', { body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].pointer).toBe(pointer);
    expect((await call('GET', '/v1/tenants/wrong-corp')).statusCode).toBe(404);
  });

  it('are listed by id in pages', async () => {
    for (const id of ['page-a', 'page-b', 'page-c']) {
      await call('POST', '/v1/tenants', { body: { ...ACME, tenant_id: id } });
    }
    const seen: string[] = [];
    let url = '/v1/tenants?limit=2';
    for (;;) {
      const page = (await call('GET', url)).json();
      seen.push(...page.items.map((item: { tenant_id: string }) => item.tenant_id));
      if (page.next_cursor === null) break;
      url = `/v1/tenants?limit=2&cursor=${page.next_cursor}`;
    }
    expect(seen).toEqual([...seen].sort());
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(['acme-corp', 'page-a', 'page-b', 'page-c']));
  });

  it('change only against the revision that was read, and the change is audited', async () => {
    await call('POST', '/v1/tenants', { body: { ...ACME, tenant_id: 'change-corp' } });
    const change = (headers: Record<string, string>, body: unknown = { status: 'suspended' }) =>
      call('PATCH', '/v1/tenants/change-corp', { body, headers });
    expect((await change({})).statusCode).toBe(428);
    expect((await change({ 'if-match': '"7"' })).statusCode).toBe(412);
    const changed = await change({ 'if-match': '"1"' });
    expect(changed.statusCode).toBe(200);
    expect(changed.headers['etag']).toBe('"2"');
    expect(changed.json()).toMatchObject({ status: 'suspended', name: ACME.name });
    expect((await change({ 'if-match': '"1"' })).statusCode).toBe(412);
    expect((await change({ 'if-match': '"2"' }, {})).statusCode).toBe(400);
    expect((await change({ 'if-match': '"2"' }, { status: 'deleted' })).statusCode).toBe(400);
    expect((await change({ 'if-match': '"2"' }, { tenant_id: 'new-corp' })).statusCode).toBe(400);
    expect((await auditOf('change-corp')).at(-1)).toMatchObject({
      action: 'tenant.suspend',
      before: { status: 'active' },
      after: { status: 'suspended' },
    });
    expect(await auditOf('change-corp')).toHaveLength(2);
  });

  it('have quota, retention and branding, each with defaults', async () => {
    const body = {
      ...ACME,
      tenant_id: 'rich-corp',
      retention_days: 30,
      quota: { ingest_events_per_second: 2_000 },
      retention: { alerts_days: 180 },
      branding: { display_name: 'Rich', accent_color: '#00ff7f' },
    };
    const created = (await call('POST', '/v1/tenants', { body })).json();
    expect(created).toMatchObject({
      quota: { ...DEFAULT_QUOTA, ingest_events_per_second: 2_000 },
      retention: { archive_days: 30, alerts_days: 180, cases_days: 1_095, audit_days: 400 },
      branding: { display_name: 'Rich', accent_color: '#00ff7f' },
      deletion: null,
      last_retention: null,
    });
    const change = {
      quota: { stored_bytes: 5_000_000 },
      retention: { cases_days: 10 },
      branding: { support_email: 'soc@example.org' },
    };
    const changed = await call('PATCH', '/v1/tenants/rich-corp', {
      body: change,
      headers: { 'if-match': '"1"' },
    });
    expect(changed.json()).toMatchObject({
      quota: { ingest_events_per_second: 2_000, stored_bytes: 5_000_000 },
      retention: { alerts_days: 180, cases_days: 10 },
    });
    expect(changed.json().branding).toEqual({ support_email: 'soc@example.org' });
    expect((await auditOf('rich-corp')).at(-1)).toMatchObject({
      action: 'tenant.update',
      before: { retention: { cases_days: 1_095 } },
      after: { retention: { cases_days: 10 }, quota: { stored_bytes: 5_000_000 } },
    });
  });

  it.each([
    ['a quota of nothing', { quota: { users: 0 } }],
    ['a quota nobody knows', { quota: { colours: 3 } }],
    ['an audit log that is kept too short', { retention: { audit_days: 29 } }],
    ['a logo over HTTP', { branding: { logo_url: 'http://example.org/a.png' } }],
    ['a logo that is a script', { branding: { logo_url: 'javascript:alert(1)' } }],
    ['a colour in words', { branding: { accent_color: 'red' } }],
  ])('are refused with %s', async (_name, wrong) => {
    const answer = await call('POST', '/v1/tenants', {
      body: { ...ACME, tenant_id: 'wrong-corp', ...wrong },
    });
    expect(answer.statusCode).toBe(400);
  });

  it('are bound only to storage where their data must stay (A-086, Resolution 28)', async () => {
    const far = { ...ACME, tenant_id: 'far-corp', data_residency: 'ap-south' };
    const refused = await call('POST', '/v1/tenants', { body: far });
    expect(refused.statusCode).toBe(409);
    expect(refused.json().detail).toContain('ap-south');
    expect((await call('GET', '/v1/tenants/far-corp')).statusCode).toBe(404);
    const near = await call('POST', '/v1/tenants', { body: { ...far, data_residency: 'eu-west' } });
    expect(near.statusCode).toBe(201);
    const moved = await call('PATCH', '/v1/tenants/far-corp', {
      body: { data_residency: 'ap-south' },
      headers: { 'if-match': '*' },
    });
    expect(moved.statusCode).toBe(409);
  });

  it('are deleted in two steps: suspended first, then asked for against the revision that was read', async () => {
    await call('POST', '/v1/tenants', { body: { ...ACME, tenant_id: 'gone-corp' } });
    const url = '/v1/tenants/gone-corp';
    const remove = (tag: string) => call('DELETE', url, { headers: { 'if-match': tag } });
    expect((await remove('"1"')).statusCode).toBe(409);
    const suspend = { body: { status: 'suspended' }, headers: { 'if-match': '"1"' } };
    await call('PATCH', url, suspend);
    expect((await call('DELETE', url)).statusCode).toBe(428);
    expect((await remove('"1"')).statusCode).toBe(412);
    const asked = await remove('"2"');
    expect(asked.statusCode).toBe(202);
    expect(asked.json()).toMatchObject({
      status: 'deleting',
      deletion: { step: 'requested', requested_by: 'root@msp', removed: {}, finished_at: null },
    });
    expect((await remove('"2"')).json()).toEqual(asked.json());
    const resume = { body: { status: 'active' }, headers: { 'if-match': '*' } };
    expect((await call('PATCH', url, resume)).statusCode).toBe(409);
    expect(
      (await call('POST', '/v1/tenants', { body: { ...ACME, tenant_id: 'gone-corp' } })).statusCode,
    ).toBe(409);
    expect((await auditOf('gone-corp')).map(({ action }) => action)).toEqual([
      'tenant.create',
      'tenant.suspend',
      'tenant.delete',
    ]);
  });

  it('one of two changes at the same time wins', async () => {
    await call('POST', '/v1/tenants', { body: { ...ACME, tenant_id: 'race-corp' } });
    const answers = await Promise.all(
      [30, 60].map((days) =>
        call('PATCH', '/v1/tenants/race-corp', {
          body: { retention_days: days },
          headers: { 'if-match': '"1"' },
        }),
      ),
    );
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 412]);
  });

  it('are absent as 404', async () => {
    expect((await call('GET', '/v1/tenants/no-such-corp')).statusCode).toBe(404);
    const change = { body: { name: 'x' }, headers: { 'if-match': '*' } };
    expect((await call('PATCH', '/v1/tenants/no-such-corp', change)).statusCode).toBe(404);
  });

  it.each(['tenant_admin', 'soc_analyst', 'auditor'] as const)('are closed to %s', async (role) => {
    const body = { ...ACME, tenant_id: 'mine-corp' };
    for (const answer of [
      await call('POST', '/v1/tenants', { body, role }),
      await call('GET', '/v1/tenants', { role }),
      await call('GET', '/v1/tenants/acme-corp', { role }),
      await call('PATCH', '/v1/tenants/acme-corp', {
        body: { name: 'x' },
        headers: { 'if-match': '*' },
        role,
      }),
    ]) {
      expect(answer.statusCode).toBe(403);
    }
  });

  it('are closed without a token', async () => {
    const answer = await http.server.app.inject({ method: 'GET', url: '/v1/tenants' });
    expect(answer.statusCode).toBe(401);
  });
});
