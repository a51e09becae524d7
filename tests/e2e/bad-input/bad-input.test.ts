import { zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentBytes } from '../../../apps/tocsin/supervisor/process-identity.ts';
import { type Answer, type Caller, Product } from '../harness.ts';
import { BAD_EVENTS, BAD_TENANT_IDS, ENCODED, PROTO, WRONG_METHODS } from './bad-requests.ts';
import { foreignToken, hmacToken, part, rewritten, signedByHome } from './forged-tokens.ts';
import { rawRequest } from './raw-request.ts';

const TENANT = 'acme-corp';
const OTHER = 'globex';
const EVENTS = '/v1/ingest/events';
const RAW = '/v1/ingest/raw';
/** More than a bomb may cost the process that unpacks it. */
const MEMORY_GROWTH_BYTES_MAX = 300 * 1024 * 1024;

const EVENT = { category: 'auth', actor: { id: 'canary' } };
describe('bad input to the running product', () => {
  let product: Product;
  let analyst: Caller;
  let started: number[];

  beforeAll(async () => {
    product = await Product.start();
    await product.createTenant(TENANT);
    await product.createTenant(OTHER);
    analyst = await product.as(TENANT);
    started = (await product.parts()).map(({ pid }) => pid ?? 0);
  });

  afterAll(() => product?.discard());

  it.each(BAD_EVENTS)('refuses %s', async (_name, text, status, pointer) => {
    const answer = await analyst.ask('POST', EVENTS, { bytes: text });
    expectProblem(answer, status);
    if (pointer !== undefined) {
      const pointers = answer.body.errors.map((fault: { pointer: string }) => fault.pointer);
      expect(pointers).toContain(pointer);
    }
  });

  it('takes what is good of a list and names what is not, by its place', async () => {
    const bytes = `${JSON.stringify({ category: 'ops' })}\n{"category":"ops",${PROTO}}\nnot json\n`;
    const answer = await analyst.ask('POST', EVENTS, { bytes });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ status: 'partial', accepted: 1, refused: 2 });
    expect(answer.body.refusals).toMatchObject([
      { index: 1, status: 400, pointer: '/__proto__' },
      { index: 2, status: 400, code: 'malformed_json' },
    ]);
  });

  it('refuses a raw line of 1 MB and keeps its neighbours', async () => {
    const bytes = `first\n${'x'.repeat(1e6)}\nlast\n`;
    const answer = await analyst.ask('POST', RAW, { bytes });
    expect(answer.body).toMatchObject({
      accepted: 2,
      refused: 1,
      refusals: [{ index: 1, status: 413 }],
    });
    expectProblem(await analyst.ask('POST', RAW, { bytes: 'x'.repeat(1e6) }), 413);
  });

  it('refuses a body over 10 MB, stated or not', async () => {
    const bytes = Buffer.alloc(11 * 1024 * 1024, 'x\n');
    expectProblem(await analyst.ask('POST', RAW, { bytes }), 413);
    const { status } = await rawRequest(
      product,
      `POST ${RAW} HTTP/1.1\r\nHost: x\r\n${credentials(analyst)}Transfer-Encoding: chunked\r\n\r\n` +
        `${bytes.length.toString(16)}\r\n${bytes.toString()}\r\n0\r\n\r\n`,
    );
    expect([413, 0]).toContain(status);
  });

  it.each(ENCODED)('refuses %s', async (_name, encoding, bytes, status) => {
    const headers = { 'content-encoding': encoding };
    expectProblem(await analyst.ask('POST', RAW, { bytes, headers }), status);
  });

  it('reads every frame of a body of several zstd frames', async () => {
    const frames = ['one\n', 'two\n', 'three\n'].map((line) => zstdCompressSync(line));
    const headers = { 'content-encoding': 'zstd' };
    const answer = await analyst.ask('POST', RAW, { bytes: Buffer.concat(frames), headers });
    expect(answer.body).toMatchObject({ accepted: 3, refused: 0 });
  });

  it.each(
    WRONG_METHODS,
  )('answers %s %s by 405 and the methods there are', async (method, path, allowed) => {
    const answer = await analyst.ask(method, path, method === 'GET' ? {} : { body: EVENT });
    expectProblem(answer, 405);
    expect(answer.headers.get('allow')).toContain(allowed);
  });

  it.each(BAD_TENANT_IDS)('refuses the tenant id %s in the header and at creation', async (id) => {
    expectProblem(await product.ask('GET', '/v1/cases', { token: analyst.token, tenant: id }), 400);
    const body = { tenant_id: id, name: 'x', retention_days: 30, data_residency: 'eu' };
    const token = await product.token('platform_admin');
    const created = await product.ask('POST', '/v1/tenants', { token, body });
    expectProblem(created, 400);
    expect(created.body.errors[0].pointer).toBe('/tenant_id');
  });

  it('asks for a token, and tells nothing to who has a bad one (X-02)', async () => {
    const [head = '', claims = '', signature = ''] = analyst.token.split('.');
    const changed = rewritten(claims, { tenant_id: OTHER });
    const now = Math.floor(Date.now() / 1000);
    const own = (change: object) => signedByHome(product.home, head, rewritten(claims, change));
    const tokens: Record<string, string | undefined> = {
      none: undefined,
      garbage: 'garbage',
      'three dots': '...',
      'claims changed': `${head}.${changed}.${signature}`,
      'no signature': `${head}.${claims}.`,
      'alg none': `${part({ alg: 'none', typ: 'JWT' })}.${claims}.`,
      'an HMAC under the public key': await hmacToken(product, claims),
      'another key': foreignToken(head, claims),
      'very long': 'a'.repeat(12_000),
      expired: own({ iat: now - 4_000, exp: now - 400 }),
      'not valid yet': own({ nbf: now + 400 }),
      'without an end': own({ exp: undefined }),
      'another audience': own({ aud: 'somebody-else' }),
      'another issuer': own({ iss: 'https://issuer.example' }),
    };
    for (const [name, token] of Object.entries(tokens)) {
      for (const [method, path] of [
        ['POST', EVENTS],
        ['GET', '/v1/cases'],
      ] as const) {
        const ask = { tenant: TENANT, ...(token === undefined ? {} : { token }) };
        const answer = await product.ask(
          method,
          path,
          method === 'POST' ? { ...ask, body: EVENT } : ask,
        );
        expect.soft(answer.status, `${name}: ${method} ${path}`).toBe(401);
        expect.soft(answer.headers.get('www-authenticate'), name).toMatch(/^Bearer/);
        expect.soft(answer.headers.get('content-type'), name).toMatch(/problem\+json/);
      }
    }
  });

  it('wants the header X-Tenant-ID, and the tenant of the token in it (A-023, A-024, X-02)', async () => {
    const { token } = analyst;
    expectProblem(await product.ask('POST', EVENTS, { token, body: EVENT }), 400);
    expectProblem(await product.ask('POST', EVENTS, { token, tenant: OTHER, body: EVENT }), 403);
    expectProblem(await product.ask('GET', '/v1/cases', { token }), 400);
    expectProblem(await product.ask('GET', '/v1/cases', { token, tenant: OTHER }), 403);
  });

  it('keeps the administrator of the platform off the data of tenants (A-033)', async () => {
    const token = await product.token('platform_admin');
    for (const path of [
      '/v1/cases',
      '/v1/alerts',
      '/v1/incidents',
      '/v1/events/search',
      '/queue/health',
    ]) {
      expectProblem(await product.ask('GET', path, { token, tenant: TENANT }), 403);
    }
    expectProblem(await product.ask('POST', EVENTS, { token, tenant: TENANT, body: EVENT }), 403);
  });

  it('refuses tokens that name no role, an unknown one or a broken tenant (A-033)', async () => {
    const [head = '', claims = ''] = analyst.token.split('.');
    for (const change of [
      { role: undefined },
      { role: 'root' },
      { tenant_id: 'a.b' },
      { tenant_id: undefined },
    ]) {
      const token = signedByHome(product.home, head, rewritten(claims, change));
      const { status } = await product.ask('GET', '/v1/cases', { token, tenant: TENANT });
      expect.soft([401, 403], JSON.stringify(change)).toContain(status);
    }
  });

  it('refuses a token for a tenant that does not exist', async () => {
    const stranger = await product.as('initech');
    const answer = await stranger.ask('POST', EVENTS, { body: EVENT });
    expect(answer.status).toBeGreaterThanOrEqual(401);
    expect(answer.status).toBeLessThan(405);
  });

  it.each([
    ['/v1/events/search?limit=0', '/query/limit'],
    ['/v1/events/search?limit=1e9', '/query/limit'],
    ['/v1/events/search?unknown=1', '/query/unknown'],
    ['/v1/events/search?from=yesterday-ish', '/query/from'],
    ['/v1/cases?status=sleeping', '/query/status'],
    ['/v1/alerts?severity_min=99', '/query/severity_min'],
  ])('refuses %s and names the member', async (path, pointer) => {
    const answer = await analyst.get(path);
    expectProblem(answer, 400);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it.each([
    '/v1/cases/..%2f..%2fetc%2fpasswd',
    '/v1/cases/%00',
    '/v1/cases/%ff%fe',
    '/v1/cases/%',
    `/v1/cases/${'a'.repeat(3000)}`,
    '/v1/cases?cursor=AAAA',
    '/v1/cases?cursor=%7B%7D',
    '/v1/events/search?cursor=AAAA',
    '/v1/alerts?cursor=eyJhdCI6MX0',
    `/v1/events/search?q=${'('.repeat(2000)}`,
    `/v1/events/search?q=${encodeURIComponent(`${'a or '.repeat(3000)}b`)}`,
  ])('answers %s by a problem', async (path) => {
    expectProblem(await analyst.get(path), 'any');
  });

  it('refuses headers over its limit', async () => {
    const { status } = await rawRequest(
      product,
      `GET /health HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(40_000)}\r\n\r\n`,
    );
    expect(status).toBe(431);
  });

  it.each([
    [
      'content length beside chunks',
      `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['two content lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x'],
    ['a content length that is none', 'Content-Length: many\r\n\r\n{}'],
    ['a negative content length', 'Content-Length: -2\r\n\r\n{}'],
    ["a blank before a header's colon", 'Content-Length : 2\r\n\r\n{}'],
    ['a chunk of a size that is none', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
    ['a coding beside chunks', 'Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
  ])('refuses HTTP with %s, and closes', async (_name, rest) => {
    const head = `POST ${EVENTS} HTTP/1.1\r\nHost: x\r\n${credentials(analyst)}`;
    const { status, text } = await rawRequest(product, head + rest);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(text.toLowerCase()).toContain('application/problem+json');
  });

  it('stores nothing of a body that ends before its stated length', async () => {
    const body = JSON.stringify({ category: 'auth', actor: { id: 'half' } });
    const head = `POST ${EVENTS} HTTP/1.1\r\nHost: x\r\n${credentials(analyst)}`;
    const sent = `${head}Content-Length: ${body.length + 10}\r\n\r\n${body}`;
    const { status } = await rawRequest(product, sent, { end: true });
    expect(status === 0 || (status >= 400 && status < 500)).toBe(true);
  });

  it('closes on a client that never ends its headers, while others are served', async () => {
    const slow = rawRequest(product, 'GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ', {
      withinMs: 25_000,
    });
    expect((await product.ask('GET', '/health')).status).toBe(200);
    expect((await slow).status).toBe(408);
  });

  it('has stored none of it, and runs in the same processes with sane memory', async () => {
    await analyst.settled((await analyst.post(EVENTS, { category: 'ops' })).body.receipt);
    // One item of the partial list, two raw lines, three frames of zstd, and the last.
    expect(await analyst.count()).toBe(7);
    for (const id of ['canary', 'half']) expect(await analyst.count(`actor.id:${id}`)).toBe(0);
    expect((await (await product.as(OTHER)).get('/v1/events/search')).body.items).toEqual([]);
    expect((await product.parts()).map(({ pid }) => pid)).toEqual(started);
    expect((await product.ask('GET', '/ready')).status).toBe(200);
    for (const pid of started) {
      expect(residentBytes(pid)).toBeLessThan(400 * 1024 * 1024 + MEMORY_GROWTH_BYTES_MAX);
    }
    expect(product.log.filter((line) => line.includes('"code":"internal"'))).toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

/** Every refusal is a problem document of its status. */
function expectProblem(answer: Answer, status: number | 'any'): void {
  if (status === 'any') {
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
    expect(answer.status, answer.text).toBeLessThan(500);
  } else expect(answer.status, answer.text).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ status: answer.status, code: expect.any(String) });
  expect(answer.body.error).toMatchObject({ status_code: answer.status, retryable: false });
  expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
}

function credentials({ token, tenant }: Caller): string {
  return `Authorization: Bearer ${token}\r\nX-Tenant-ID: ${tenant}\r\n`;
}
