import { DEFAULT_QUOTA, type TenantQuota } from '@tocsin/contracts/tenant-quota.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import type { InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RateRules } from './rate-rules.ts';
import { rawTenantRoute } from './raw-route.ts';
import { platformRoute, publicRoute, tenantRoute } from './route.ts';
import { type TestServer, testServer } from './testing/test-server.ts';

const SMALL: TenantQuota = {
  ...DEFAULT_QUOTA,
  api_requests_per_second: 1,
  ingest_requests_per_second: 10,
  ingest_events_per_second: 100,
  ingest_bytes_per_second: 1_000,
  ingest_decompressed_bytes_per_second: 10_000,
};

const shape = { summary: 's', tags: [], responses: {} };
const routes = [
  tenantRoute({
    ...shape,
    method: 'GET',
    path: '/v1/notes',
    operationId: 'listNotes',
    permission: 'cases:read',
    handle: async () => ({ status: 200, body: {} }),
  }),
  rawTenantRoute({
    ...shape,
    method: 'POST',
    path: '/v1/ingest',
    operationId: 'ingest',
    permission: 'events:write',
    bodyBytesMax: 100_000,
    handle: async (_tenant, { body, meter }) => {
      meter.events(Number(String(body).split(' ')[0]));
      meter.decompressedBytes(Number(String(body).split(' ')[1]));
      return { status: 202 };
    },
  }),
  platformRoute({
    ...shape,
    method: 'GET',
    path: '/v1/tenants',
    operationId: 'listTenants',
    permission: 'tenants:read',
    handle: async () => ({ status: 200, body: {} }),
  }),
  publicRoute({
    ...shape,
    method: 'POST',
    path: '/login',
    operationId: 'login',
    limitedBy: 'login',
    handle: async () => ({ status: 200, body: {} }),
  }),
  publicRoute({
    ...shape,
    method: 'GET',
    path: '/open',
    operationId: 'open',
    handle: async () => ({ status: 200, body: {} }),
  }),
];

describe('a server with quotas', () => {
  const clock = new ManualClock(Date.now());
  const world = { ...systemWorld(), clock };
  let metrics: Metrics;
  let up: TestServer;
  let quotas: Map<string, TenantQuota>;
  let stored: Map<string, number>;

  async function start(rates: Partial<RateRules> = {}): Promise<void> {
    up = await testServer(routes, {
      world,
      metrics,
      rates: { limitOwnMachine: true, ...rates },
      storedBytes: (tenantId) => stored.get(tenantId),
      tenants: {
        find: async (tenantId) => ({
          status: 'active',
          quota: quotas.get(tenantId) ?? DEFAULT_QUOTA,
        }),
      },
    });
  }

  beforeEach(async () => {
    metrics = new Metrics('test');
    stored = new Map();
    quotas = new Map([['acme-corp', SMALL]]);
    await start();
  });
  afterEach(() => up.server.close());

  const send = (request: InjectOptions) => up.server.app.inject(request);
  const repeat = async (times: number, request: InjectOptions): Promise<number[]> => {
    const statuses: number[] = [];
    for (let left = times; left > 0; left -= 1) statuses.push((await send(request)).statusCode);
    return statuses;
  };

  it('refuses what one person asks beyond its part, and tells when to come again', async () => {
    const request = { method: 'GET', url: '/v1/notes', headers: await up.headers() } as const;
    expect(await repeat(5, request)).toEqual([200, 200, 200, 200, 200]);
    const refused = await send(request);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('2');
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(refused.json()).toMatchObject({
      code: 'too_many_requests',
      retryable: true,
      limit: 'api_requests',
      subject: 'key',
    });
    await clock.advance(2000);
    expect(await repeat(2, request)).toEqual([200, 429]);
    expect(await metrics.text()).toContain(
      'tocsin_http_rate_limited_total{whose="key",limit="api_requests",service="test"} 2',
    );
  });

  it('takes no more events of a tenant that keeps as much as it may, and all else of it', async () => {
    quotas.set('acme-corp', { ...DEFAULT_QUOTA, stored_bytes: 1000 });
    const headers = { ...(await up.headers()), 'content-type': 'application/json' };
    const events = { method: 'POST', url: '/v1/ingest', headers, payload: '1 1' } as const;
    stored.set('acme-corp', 999);
    expect((await send(events)).statusCode).toBe(202);
    stored.set('acme-corp', 1000);
    const refused = await send(events);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('300');
    expect(refused.json()).toMatchObject({ limit: 'stored_bytes', subject: 'tenant' });
    expect(await metrics.text()).toContain(
      '{whose="tenant",limit="stored_bytes",service="test"} 1',
    );
    const notes = { method: 'GET', url: '/v1/notes', headers: await up.headers() } as const;
    expect((await send(notes)).statusCode).toBe(200);
    const others = {
      ...events,
      headers: { ...headers, ...(await up.headers({ tenant: 'other-corp' })) },
    };
    expect((await send(others)).statusCode).toBe(202);
    stored.delete('acme-corp');
    expect((await send(events)).statusCode).toBe(202);
  });

  it('leaves the others of a tenant what one person cannot use', async () => {
    const ada = { method: 'GET', url: '/v1/notes', headers: await up.headers() } as const;
    const bob = { ...ada, headers: await up.headers({ subject: 'bob' }) };
    const eve = { ...ada, headers: await up.headers({ subject: 'eve' }) };
    await repeat(50, ada);
    expect(await repeat(6, bob)).toEqual([200, 200, 200, 200, 200, 429]);
    const refused = await send(eve);
    expect(refused.json()).toMatchObject({ limit: 'api_requests', subject: 'tenant' });
  });

  it('says in each answer what is left (draft-ietf-httpapi-ratelimit-headers)', async () => {
    const { headers } = await send({
      method: 'GET',
      url: '/v1/notes',
      headers: await up.headers(),
    });
    expect(headers['ratelimit-policy']).toBe('"key-api";q=5;w=10, "tenant-api";q=10;w=10');
    expect(headers['ratelimit']).toBe('"key-api";r=4;t=2, "tenant-api";r=9;t=1');
  });

  it('counts one tenant without touching another', async () => {
    const acme = { method: 'GET', url: '/v1/notes', headers: await up.headers() } as const;
    await repeat(20, acme);
    const globex = { ...acme, headers: await up.headers({ tenant: 'globex' }) };
    expect(await repeat(20, globex)).toEqual(Array(20).fill(200));
  });

  it('follows a changed quota within the time a tenant is remembered', async () => {
    const request = { method: 'GET', url: '/v1/notes', headers: await up.headers() } as const;
    expect(await repeat(6, request)).toContain(429);
    quotas.set('acme-corp', { ...SMALL, api_requests_per_second: 1000 });
    await clock.advance(5_001);
    expect((await send(request)).headers['ratelimit-policy']).toContain('"tenant-api";q=10000');
  });

  it('limits those who manage tenants by the default quota', async () => {
    const headers = await up.headers({ role: 'platform_admin' });
    const answer = await send({ method: 'GET', url: '/v1/tenants', headers });
    expect(answer.headers['ratelimit']).toMatch(/^"key-api";r=\d+;t=\d+$/);
  });

  describe('on ingest', () => {
    const ingest = async (body: string) => ({
      method: 'POST' as const,
      url: '/v1/ingest',
      headers: { ...(await up.headers()), 'content-type': 'text/plain' },
      body,
    });

    it.each([
      ['events', '1000 0', 'ingest_events', '1'],
      ['decompressed bytes', '1 150000', 'ingest_decompressed_bytes', '6'],
    ])('refuses the request after one that used up the %s', async (_what, body, limit, wait) => {
      const request = await ingest(body);
      expect((await send(request)).statusCode).toBe(202);
      const refused = await send(request);
      expect(refused.statusCode).toBe(429);
      expect(refused.headers['retry-after']).toBe(wait);
      expect(refused.json()).toMatchObject({ limit, subject: 'tenant' });
    });

    it('refuses bytes by their stated length, before the body is read', async () => {
      const request = await ingest(`1 1 ${'x'.repeat(6_000)}`);
      expect(await repeat(2, request)).toEqual([202, 429]);
      expect((await send(request)).json()).toMatchObject({ limit: 'ingest_bytes' });
    });

    it('counts bytes whose length was not stated', async () => {
      const { Readable } = await import('node:stream');
      const request = async () => ({
        ...(await ingest('')),
        body: Readable.from([Buffer.from(`1 1 ${'x'.repeat(30_000)}`)]),
      });
      expect((await send(await request())).statusCode).toBe(202);
      expect((await send(await request())).json()).toMatchObject({ limit: 'ingest_bytes' });
    });

    it('tells all limits of ingest', async () => {
      const { headers } = await send(await ingest('1 1'));
      expect(headers['ratelimit']).toBe(
        '"tenant-ingest-requests";r=99;t=1, "tenant-ingest-events";r=999;t=1, "tenant-ingest-bytes";r=9997;t=1, "tenant-ingest-decompressed-bytes";r=99999;t=1',
      );
    });
  });

  describe('from an address with wrong credentials', () => {
    const guess = (index: number): InjectOptions => ({
      method: 'GET',
      url: '/v1/notes',
      headers: { authorization: `Bearer guess-${index}`, 'x-tenant-id': 'acme-corp' },
    });

    it('stops looking at unknown ones, and lets those in that were good before', async () => {
      quotas.clear();
      const good = { method: 'GET', url: '/v1/notes', headers: await up.headers() } as const;
      const late = { ...good, headers: await up.headers({ subject: 'late' }) };
      const statuses: number[] = [];
      for (let index = 0; index < 200; index += 1) {
        statuses.push((await send(guess(index))).statusCode);
        if (index === 3) expect((await send(good)).statusCode).toBe(200);
      }
      expect(statuses.filter((status) => status === 401)).toHaveLength(120);
      expect(statuses.filter((status) => status === 429)).toHaveLength(80);
      expect((await send(good)).statusCode).toBe(200);
      const refused = await send(late);
      expect(refused.json()).toMatchObject({ limit: 'unauthenticated', subject: 'address' });
      await clock.advance(600);
      expect((await send(late)).statusCode).toBe(200);
    });

    it('goes on to serve public routes', async () => {
      for (let index = 0; index < 130; index += 1) await send(guess(index));
      expect((await send({ method: 'GET', url: '/open' })).statusCode).toBe(200);
    });

    it('does not hold it against other addresses', async () => {
      for (let index = 0; index < 130; index += 1)
        await send({ ...guess(index), remoteAddress: '192.0.2.1' });
      expect((await send({ ...guess(1), remoteAddress: '192.0.2.1' })).statusCode).toBe(429);
      expect((await send({ ...guess(1), remoteAddress: '192.0.2.2' })).statusCode).toBe(401);
    });
  });

  it('limits tries to log in by address', async () => {
    const login = { method: 'POST', url: '/login', remoteAddress: '2001:db8::1' } as const;
    expect((await repeat(21, login)).filter((status) => status === 200)).toHaveLength(20);
    expect((await send({ ...login, remoteAddress: '2001:db8::ffff' })).statusCode).toBe(429);
    expect((await send({ ...login, remoteAddress: '2001:db8:0:1::1' })).statusCode).toBe(200);
  });

  it('leaves addresses of the machine itself alone unless told otherwise', async () => {
    await up.server.close();
    metrics = new Metrics('test');
    await start({ limitOwnMachine: false });
    const login = { method: 'POST', url: '/login' } as const;
    expect(await repeat(30, login)).toEqual(Array(30).fill(200));
  });
});
