import { ApiKeyVerifier, KEY_STATE_MS_MAX } from '@tocsin/auth/api-key-verifier.ts';
import { credentialVerifier } from '@tocsin/auth/credential-verifier.ts';
import { KeyPepper } from '@tocsin/auth/key-pepper.ts';
import { SCOPES } from '@tocsin/auth/role.ts';
import { silentLog } from '@tocsin/database/log.ts';
import { openTestDatabase, type TestDatabase } from '@tocsin/database/testing/test-database.ts';
import { tenantRoute } from '@tocsin/http/route.ts';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyDirectory } from './key-directory.ts';
import { createIdentityService } from './service.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const INGEST = { name: 'shipper', scopes: ['events:write'] };

let db: TestDatabase;
let http: TestServer;
let clock: ManualClock;

/** What stands for all other routes: one that needs a scope, and says who came. */
const probe = tenantRoute({
  method: 'POST',
  path: '/probe',
  operationId: 'probe',
  summary: 'probe',
  tags: [],
  permission: 'events:write',
  responses: { 200: undefined },
  handle: async (tenant, { principal }) => ({
    status: 200,
    body: { tenant: tenant.tenantId, actor: tenant.actor, source: principal?.source ?? null },
  }),
});

beforeAll(async () => {
  db = await openTestDatabase();
  clock = new ManualClock(START);
  const world = { ...systemWorld(), clock };
  const pepper = new KeyPepper(Buffer.alloc(32, 7));
  const service = createIdentityService({
    database: db.database,
    world,
    pepper,
    log: silentLog,
    login: undefined,
  });
  const keys = new ApiKeyVerifier(openKeyDirectory(db.database, world), pepper, clock);
  http = await testServer([...service.routes, probe], {
    world,
    verifierOf: (tokens) => credentialVerifier(tokens, keys),
  });
});
afterAll(async () => {
  await http.server.close();
  await db.drop();
});

interface Made {
  readonly key_id: string;
  readonly api_key: string;
}

async function call(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  body?: unknown,
  caller: Parameters<TestServer['headers']>[0] = { role: 'tenant_admin', subject: 'ada' },
) {
  return http.server.app.inject({
    method,
    url,
    headers: await http.headers(caller),
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
}

async function make(body: object = INGEST): Promise<Made> {
  const answer = await call('POST', '/v1/api-keys', body);
  expect(answer.statusCode).toBe(201);
  return answer.json<Made>();
}

function knock(headers: Record<string, string>) {
  return http.server.app.inject({ method: 'POST', url: '/probe', headers });
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

async function auditOf(objectId: string) {
  const client = new pg.Client({ connectionString: db.urls.admin });
  await client.connect();
  const { rows } = await client.query(
    'select actor, action, before, after from tenant_data.audit_log where object_id = $1 order by at, audit_id',
    [objectId],
  );
  await client.end();
  return rows;
}

describe('an API key', () => {
  it('is told once, opens what its scopes say, and is listed without what opens it', async () => {
    const made = await make({ ...INGEST, source: 'linux_auth', environment: 'test' });
    expect(made.api_key).toMatch(/^tcs_test_[0-9A-Za-z]{16}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    const answer = await knock(bearer(made.api_key));
    expect(answer.json()).toEqual({
      tenant: 'acme-corp',
      actor: `key:${made.key_id}`,
      source: 'linux_auth',
    });
    const shown = await call('GET', `/v1/api-keys/${made.key_id}`);
    expect(shown.json()).toMatchObject({ status: 'active', created_by: 'ada', name: 'shipper' });
    const listed = await call('GET', '/v1/api-keys?limit=200');
    const secret = made.api_key.split('_')[3] ?? '';
    expect(listed.body + shown.body).not.toContain(secret);
    expect(listed.json().items).toContainEqual(shown.json());
  });

  it('is never stored: the whole database holds no byte of its secret', async () => {
    const made = await make();
    const secret = made.api_key.split('_')[3] ?? '';
    const client = new pg.Client({ connectionString: db.urls.admin });
    await client.connect();
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('tenant_data', 'platform')`,
    );
    for (const { name } of tables.rows) {
      const { rows } = await client.query(`select row_to_json(t)::text as text from ${name} t`);
      for (const { text } of rows) expect(text).not.toContain(secret);
    }
    await client.end();
  });

  it.each([
    ['Authorization: Bearer', (key: string) => ({ authorization: `Bearer ${key}` })],
    ['Authorization: ApiKey', (key: string) => ({ authorization: `ApiKey ${key}` })],
    ['X-API-Key', (key: string) => ({ 'x-api-key': key })],
  ])('is taken as %s', async (_name, headers) => {
    const { api_key } = await make();
    expect((await knock(headers(api_key))).statusCode).toBe(200);
  });

  it('needs no X-Tenant-ID, but one that is there must be its own', async () => {
    const { api_key } = await make();
    const status = async (tenant: string) =>
      (await knock({ ...bearer(api_key), 'x-tenant-id': tenant })).statusCode;
    expect(await status('acme-corp')).toBe(200);
    expect(await status('other-corp')).toBe(403);
    expect(await status('not a tenant')).toBe(400);
  });

  it('cannot do what is not in its scopes, and can make no other key', async () => {
    const { api_key } = await make({ name: 'reader', scopes: ['alerts:read'] });
    expect((await knock(bearer(api_key))).statusCode).toBe(403);
    const other = await http.server.app.inject({
      method: 'POST',
      url: '/v1/api-keys',
      headers: bearer(api_key),
      payload: JSON.stringify(INGEST),
    });
    expect(other.statusCode).toBe(403);
  });

  it('is refused in another form, with a wrong letter, and beside a second credential', async () => {
    const { api_key } = await make();
    const token = await http.headers();
    const swapped = `${api_key.slice(0, -8)}${api_key.at(-8) === 'a' ? 'b' : 'a'}${api_key.slice(-7)}`;
    for (const headers of [
      bearer(swapped),
      bearer(api_key.slice(0, -1)),
      bearer(`${api_key}a`),
      bearer(api_key.toUpperCase()),
      { authorization: `Basic ${api_key}` },
      { authorization: token['authorization']?.replace('Bearer', 'ApiKey') ?? '' },
      { ...bearer(api_key), 'x-api-key': api_key },
      { 'x-api-key': `${api_key}, ${api_key}` },
      { 'x-api-key': token['authorization']?.slice(7) ?? '' },
    ]) {
      expect((await knock(headers)).statusCode).toBe(401);
    }
  });

  it('of an id that exists with the secret of another is refused', async () => {
    const [one, two] = [await make(), await make()];
    const { formatApiKey, parseApiKey } = await import('@tocsin/auth/api-key.ts');
    const mixed = formatApiKey({
      environment: 'live',
      keyId: one.key_id,
      secret: parseApiKey(two.api_key)?.secret ?? '',
    });
    expect((await knock(bearer(mixed))).statusCode).toBe(401);
  });

  it('is taken from its networks only, here and through a proxy', async () => {
    const networks = ['192.0.2.0/24', '2001:db8::/32'];
    const { api_key, key_id } = await make({ ...INGEST, networks });
    const from = async (remoteAddress: string) =>
      (
        await http.server.app.inject({
          method: 'POST',
          url: '/probe',
          headers: bearer(api_key),
          remoteAddress,
        })
      ).statusCode;
    expect(await from('192.0.2.7')).toBe(200);
    expect(await from('2001:db8::7')).toBe(200);
    expect(await from('::ffff:192.0.2.7')).toBe(200);
    expect(await from('198.51.100.7')).toBe(403);
    expect(await from('127.0.0.1')).toBe(403);
    expect((await call('GET', `/v1/api-keys/${key_id}`)).json()).toMatchObject({ networks });
    const lied = await http.server.app.inject({
      method: 'POST',
      url: '/probe',
      headers: { ...bearer(api_key), 'x-forwarded-for': '192.0.2.7' },
    });
    expect(lied.statusCode).toBe(403);
    const wrong = await call('POST', '/v1/api-keys', { ...INGEST, networks: ['192.0.2.0/33'] });
    expect(wrong.json()).toMatchObject({ status: 400, errors: [{ pointer: '/networks/0' }] });
  });

  it('tells when it was last used, to ten minutes', async () => {
    const { api_key, key_id } = await make();
    const seen = async () =>
      (await call('GET', `/v1/api-keys/${key_id}`)).json<{ last_used_at: string | null }>()
        .last_used_at;
    expect(await seen()).toBeNull();
    const at = new Date(clock.now()).toISOString();
    await knock(bearer(api_key));
    await expect.poll(seen).toBe(at);
    await clock.advance(KEY_STATE_MS_MAX);
    await knock(bearer(api_key));
    expect(await seen()).toBe(at);
  });

  it('of the pepper before is stored in the form of the present one when it is used', async () => {
    const { api_key, key_id } = await make();
    const before = new KeyPepper(Buffer.alloc(32, 7));
    const present = new KeyPepper(Buffer.alloc(32, 8), before);
    const world = { ...systemWorld(), clock };
    const directory = openKeyDirectory(db.database, world);
    await new ApiKeyVerifier(directory, present, clock).verify(api_key);
    const peppers = async () => (await directory.find(key_id))?.secrets.map((one) => one.pepperId);
    await expect.poll(peppers).toEqual([present.id]);
    const alone = new ApiKeyVerifier(directory, new KeyPepper(Buffer.alloc(32, 8)), clock);
    expect((await alone.verify(api_key)).subject).toBe(`key:${key_id}`);
  });

  it('ends at its expiry', async () => {
    const expires_at = new Date(clock.now() + 60_000).toISOString();
    const { api_key, key_id } = await make({ ...INGEST, expires_at });
    expect((await knock(bearer(api_key))).statusCode).toBe(200);
    await clock.advance(60_000);
    expect((await knock(bearer(api_key))).json().detail).toContain('expired');
    expect((await call('GET', `/v1/api-keys/${key_id}`)).json().status).toBe('expired');
    expect((await call('POST', '/v1/api-keys', { ...INGEST, expires_at })).statusCode).toBe(400);
  });

  it('has two live secrets while it is rotated, never three', async () => {
    const first = await make();
    const rotate = async (overlap_seconds?: number) =>
      (
        await call(
          'POST',
          `/v1/api-keys/${first.key_id}/rotate`,
          overlap_seconds === undefined ? undefined : { overlap_seconds },
        )
      ).json<Made>();
    const opens = async (made: Made) => {
      await clock.advance(KEY_STATE_MS_MAX);
      return (await knock(bearer(made.api_key))).statusCode === 200;
    };
    expect(await opens(first)).toBe(true);
    const second = await rotate();
    expect(second.key_id).toBe(first.key_id);
    expect([await opens(first), await opens(second)]).toEqual([true, true]);
    const third = await rotate(60);
    expect([await opens(first), await opens(second), await opens(third)]).toEqual([
      false,
      true,
      true,
    ]);
    await clock.advance(60_000);
    expect([await opens(second), await opens(third)]).toEqual([false, true]);
    const fourth = await rotate(0);
    expect([await opens(third), await opens(fourth)]).toEqual([false, true]);
  });

  it('that is revoked opens nothing 5 s later, and cannot be rotated', async () => {
    const { api_key, key_id } = await make();
    expect((await knock(bearer(api_key))).statusCode).toBe(200);
    expect((await call('DELETE', `/v1/api-keys/${key_id}`)).statusCode).toBe(204);
    await clock.advance(5_000);
    expect((await knock(bearer(api_key))).json().detail).toContain('revoked');
    expect((await call('DELETE', `/v1/api-keys/${key_id}`)).statusCode).toBe(204);
    expect((await call('POST', `/v1/api-keys/${key_id}/rotate`)).statusCode).toBe(409);
    expect((await call('GET', `/v1/api-keys/${key_id}`)).json()).toMatchObject({
      status: 'revoked',
      revoked_by: 'ada',
    });
  });

  it('that is revoked under load is accepted 0 times afterwards', async () => {
    const { api_key, key_id } = await make();
    let acceptedLate = 0;
    let accepted = 0;
    let revokedAt = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 200; round += 1) {
      await clock.advance(100);
      if (round === 100) {
        await call('DELETE', `/v1/api-keys/${key_id}`);
        revokedAt = clock.now();
      }
      const late = clock.now() - revokedAt >= 5_000;
      const answers = await Promise.all(Array.from({ length: 4 }, () => knock(bearer(api_key))));
      const passed = answers.filter((answer) => answer.statusCode === 200).length;
      accepted += passed;
      if (late) acceptedLate += passed;
    }
    expect(acceptedLate).toBe(0);
    expect(accepted).toBeGreaterThanOrEqual(400);
  });

  it('of one tenant is not there for another', async () => {
    const { key_id } = await make();
    const other = { role: 'tenant_admin', tenant: 'other-corp' } as const;
    expect((await call('GET', `/v1/api-keys/${key_id}`, undefined, other)).statusCode).toBe(404);
    expect((await call('DELETE', `/v1/api-keys/${key_id}`, undefined, other)).statusCode).toBe(404);
    expect((await call('POST', `/v1/api-keys/${key_id}/rotate`, undefined, other)).statusCode).toBe(
      404,
    );
    expect((await call('GET', '/v1/api-keys', undefined, other)).json().items).toEqual([]);
  });

  it('is audited when made, rotated and revoked, without what opens it', async () => {
    const { key_id, api_key } = await make();
    const rotated = (await call('POST', `/v1/api-keys/${key_id}/rotate`)).json<Made>();
    await call('DELETE', `/v1/api-keys/${key_id}`);
    const rows = await auditOf(key_id);
    expect(rows.map(({ actor, action }) => [actor, action])).toEqual([
      ['ada', 'api_key.create'],
      ['ada', 'api_key.rotate'],
      ['ada', 'api_key.revoke'],
    ]);
    for (const made of [api_key, rotated.api_key]) {
      expect(JSON.stringify(rows)).not.toContain(made.split('_')[3]);
    }
  });

  it.each([
    ['no scope', { scopes: [] }],
    ['a scope twice', { scopes: ['events:read', 'events:read'] }],
    ['a scope that is none', { scopes: ['everything'] }],
    ['a scope that makes keys', { scopes: ['keys:write'] }],
    ['a scope over tenants', { scopes: ['tenants:read'] }],
    ['an empty name', { name: '  ' }],
    ['an environment in capitals', { environment: 'LIVE' }],
    ['a source with a space', { source: 'a b' }],
    ['a time that is none', { expires_at: 'tomorrow' }],
  ])('is not made with %s', async (_name, wrong) => {
    expect((await call('POST', '/v1/api-keys', { ...INGEST, ...wrong })).statusCode).toBe(400);
  });

  it.each([
    'soc_analyst',
    'auditor',
    'platform_admin',
  ] as const)('is nothing that %s can make or see', async (role) => {
    expect((await call('POST', '/v1/api-keys', INGEST, { role })).statusCode).toBe(403);
    expect((await call('GET', '/v1/api-keys', undefined, { role })).statusCode).toBe(403);
  });

  it('is one of as many as the quota of the tenant says, also when made at the same time', async () => {
    await db.database.inPlatform((tx) =>
      tx
        .insertInto('tenants')
        .values({
          tenant_id: 'small-corp',
          name: 'Small',
          retention_days: 90,
          data_residency: 'x',
          quota: JSON.stringify({ api_keys: 2 }),
          created_by: 'test',
          modified_by: 'test',
        })
        .execute(),
    );
    const small = { role: 'tenant_admin', tenant: 'small-corp' } as const;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call('POST', '/v1/api-keys', INGEST, small)),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 201, 409, 409, 409]);
    const made = answers.find(({ statusCode }) => statusCode === 201)?.json<Made>();
    await call('DELETE', `/v1/api-keys/${made?.key_id}`, undefined, small);
    expect((await call('POST', '/v1/api-keys', INGEST, small)).statusCode).toBe(201);
  });

  it('can have every scope there is', async () => {
    await make({ name: 'all', scopes: SCOPES });
  });
});
