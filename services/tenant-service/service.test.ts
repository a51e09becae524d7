import type { Role } from '@tocsin/auth/role.ts';
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
  http = await testServer(createTenantService({ database: db.database }).routes);
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

async function call(method: 'GET' | 'POST' | 'PATCH', url: string, options: Call = {}) {
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
      action: 'tenant.update',
      before: { status: 'active' },
      after: { status: 'suspended' },
    });
    expect(await auditOf('change-corp')).toHaveLength(2);
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
