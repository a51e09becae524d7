import fc from 'fast-check';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawTenantRoute } from './raw-route.ts';
import { tenantRoute } from './route.ts';
import { type TestServer, testServer } from './testing/test-server.ts';

const Note = Type.Object(
  {
    title: Type.String({ maxLength: 20 }),
    tags: Type.Optional(Type.Array(Type.String(), { maxItems: 3 })),
    free: Type.Optional(Type.Object({}, { additionalProperties: true })),
  },
  { additionalProperties: false },
);
const meta = { summary: 's', tags: [], responses: {} } as const;
const routes = [
  tenantRoute({
    ...meta,
    method: 'POST',
    path: '/v1/notes',
    operationId: 'createNote',
    permission: 'cases:write',
    body: Note,
    handle: async (_tenant, { body }) => ({ status: 201, body }),
  }),
  tenantRoute({
    ...meta,
    method: 'GET',
    path: '/v1/notes/{id}',
    operationId: 'getNote',
    permission: 'cases:read',
    query: Type.Object(
      { limit: Type.Integer({ minimum: 1, maximum: 9, default: 5 }) },
      { additionalProperties: false },
    ),
    handle: async (_tenant, { params, query }) => ({
      status: 200,
      body: { ...(params as object), ...query },
    }),
  }),
  rawTenantRoute({
    ...meta,
    method: 'POST',
    path: '/v1/raw',
    operationId: 'postRaw',
    permission: 'events:write',
    bodyBytesMax: 500,
    handle: async (_tenant, { body, contentEncoding, contentType }) => ({
      status: 202,
      body: { bytes: body.length, contentEncoding, contentType },
    }),
  }),
];

let up: TestServer;
let headers: Record<string, string>;
beforeAll(async () => {
  up = await testServer(routes);
  headers = await up.headers();
});
afterAll(() => up.server.close());

/** JSON with bytes changed, cut or put in. */
const mutated = fc
  .tuple(
    fc.oneof(
      fc.json({ maxDepth: 4 }),
      fc.json().map((free) => `{"title":"a","free":{"x":${free}}}`),
    ),
    fc.array(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 3 }), fc.nat({ max: 3 })), {
      maxLength: 3,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce((bytes, [at, put, cut]) => {
      const place = bytes.length === 0 ? 0 : at % bytes.length;
      return Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + cut)]);
    }, Buffer.from(text)),
  );

async function expectAnswered(
  reply: Awaited<ReturnType<TestServer['server']['app']['inject']>>,
): Promise<void> {
  expect(reply.statusCode).toBeLessThan(500);
  if (reply.statusCode < 400) return;
  expect(reply.headers['content-type']).toContain('application/problem+json');
  expect(reply.json()).toMatchObject({
    status: reply.statusCode,
    error: { status_code: reply.statusCode },
  });
}

describe('any request', () => {
  it('with any body is served or refused by a problem, never by a fault', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, fc.constantFrom('/v1/notes', '/v1/raw'), async (payload, url) => {
        await expectAnswered(await up.server.app.inject({ method: 'POST', url, headers, payload }));
      }),
      { numRuns: 600 },
    );
  });

  it('with any path and query is served or refused by a problem', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('%', '%00', '%zz', '..', '__proto__', '{id}', ':id', '*', ';'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 4 }),
        fc.array(fc.tuple(part, part), { maxLength: 3 }),
        async (path, query) => {
          const text = query.map(([key, value]) => `${key}=${value}`).join('&');
          const url = `/v1/notes/${path.join('/')}?${text}`
            .replace(/[^\u0021-\u007e]/g, '%20')
            .replace(/#/g, '%23');
          await expectAnswered(await up.server.app.inject({ method: 'GET', url, headers }));
        },
      ),
      { numRuns: 600 },
    );
  });

  it('with any of these headers is served or refused by a problem', async () => {
    const value = fc.oneof(
      fc.stringMatching(/^[\x20-\x7e]{0,60}$/),
      fc.constantFrom('gzip, gzip', '*/*', 'Bearer', 'a/b; c', ';', '0', '-1', 'utf-8'),
    );
    const name = fc.constantFrom(
      'authorization',
      'x-tenant-id',
      'x-request-id',
      'traceparent',
      'content-type',
      'content-encoding',
      'accept',
      'if-match',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, value),
        fc.constantFrom('/v1/notes', '/v1/raw'),
        async (changed, url) => {
          const reply = await up.server.app.inject({
            method: 'POST',
            url,
            headers: { ...headers, ...changed },
            payload: '{"title":"a"}',
          });
          await expectAnswered(reply);
        },
      ),
      { numRuns: 600 },
    );
  });
});
