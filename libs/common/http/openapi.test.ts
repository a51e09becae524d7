import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openapiDocument } from './openapi.ts';
import { forwardedRoute, rawTenantRoute, streamTenantRoute } from './raw-route.ts';
import { type Route, tenantRoute } from './route.ts';
import { allowedMethods } from './route-table.ts';
import { type AccessProbe, accessMatrix } from './testing/access-matrix.ts';
import { type TestServer, testServer } from './testing/test-server.ts';

const Thing = Type.Object({ name: Type.String() });
const handle = async () => ({ status: 200, body: {} });
const common = { summary: 's', tags: ['t'], responses: { 200: Thing } };
const raw = rawTenantRoute({
  ...common,
  method: 'POST',
  path: '/v1/raw',
  operationId: 'postRaw',
  permission: 'events:write',
  bodyBytesMax: 10,
  query: Type.Object({ source: Type.Optional(Type.String()) }),
  documentedBody: Thing,
  handle,
});
const routes: Route[] = [
  tenantRoute({
    ...common,
    method: 'PATCH',
    path: '/v1/things/{id}/parts/{part}',
    operationId: 'changePart',
    permission: 'cases:write',
    params: Type.Object({ id: Type.String({ maxLength: 5 }), part: Type.Integer() }),
    query: Type.Object({ limit: Type.Integer({ default: 5 }), q: Type.String() }),
    body: Type.Object({ name: Type.String(), size: Type.Integer({ default: 1 }) }),
    handle,
  }),
  raw,
  streamTenantRoute({
    ...common,
    method: 'POST',
    path: '/v1/stream',
    operationId: 'postStream',
    permission: 'events:write',
    bodyBytesMax: 10,
    handle,
  }),
];

let up: TestServer;
let document: { openapi: string; paths: Record<string, Record<string, Record<string, unknown>>> };

beforeAll(async () => {
  up = await testServer(routes);
  document = (await up.server.app.inject('/openapi.json')).json();
});
afterAll(() => up.server.close());

describe('the OpenAPI document (B-011)', () => {
  it('has every route of the table, and the table every operation', () => {
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, operation]) => `${method.toUpperCase()} ${path} ${operation['operationId']}`,
      ),
    );
    const declared = routes.map((route) => `${route.method} ${route.path} ${route.operationId}`);
    expect(documented.sort()).toEqual([...declared, 'GET /openapi.json getOpenapi'].sort());
    expect(document.openapi).toBe('3.1.0');
  });

  it('lists only operations that answer', async () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const method of Object.keys(operations)) {
        const url = path.replace(/\{\w+\}/g, '1');
        const reply = await up.server.app.inject({ method: method.toUpperCase() as 'GET', url });
        expect([200, 401], `${method} ${path}`).toContain(reply.statusCode);
      }
    }
  });

  it('states parameters, body, security and problems of an operation', () => {
    const operation = document.paths['/v1/things/{id}/parts/{part}']?.['patch'];
    expect(operation).toMatchObject({
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { maxLength: 5 } },
        { name: 'part', in: 'path', required: true, schema: { type: 'integer' } },
        { name: 'limit', in: 'query', required: false },
        { name: 'q', in: 'query', required: true },
        { name: 'X-Tenant-ID', in: 'header', required: false },
      ],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { required: ['name'] } } },
      },
      security: [{ bearer: [] }],
      'x-tocsin-permission': 'cases:write',
      responses: { default: { content: { 'application/problem+json': {} } } },
    });
  });

  it('is the same for a raw route and for its forwarded form', () => {
    const forwarded = forwardedRoute(raw, handle);
    const printed = (route: Route) =>
      openapiDocument({ service: 's', version: '1', routes: [route] });
    expect(printed(forwarded)).toEqual(printed(raw));
  });
});

describe('the access matrix', () => {
  it('holds for every operation and every kind of caller (design 11)', async () => {
    const probes = accessMatrix(document as never);
    expect(probes.length).toBeGreaterThan(3 * 13);
    for (const { name, method, url, caller, tenantHeader, expected } of probes) {
      const headers = await headersOf(caller, tenantHeader);
      const reply = await up.server.app.inject({ method: method as 'GET', url, headers });
      if (expected === 'past') expect([401, 403], name).not.toContain(reply.statusCode);
      else expect(reply.statusCode, name).toBe(expected);
    }
  });

  async function headersOf(
    caller: AccessProbe['caller'],
    tenantHeader: AccessProbe['tenantHeader'],
  ): Promise<Record<string, string>> {
    const tenant = tenantHeader === 'other' ? 'other-corp' : 'acme-corp';
    const header = tenantHeader === 'absent' ? {} : { 'x-tenant-id': tenant };
    if (caller === 'none') return { ...header };
    if (caller === 'garbage') return { ...header, authorization: 'Bearer a.b.c' };
    const { authorization = '' } = await up.headers({ role: caller });
    return { ...header, authorization };
  }
});

describe('the methods of a path', () => {
  it.each([
    ['/v1/things/a/parts/1', ['PATCH']],
    ['/v1/things/a/parts/1/x', []],
    ['/v1/raw', ['POST']],
    ['/v1/raw/', []],
    ['/v1xraw', []],
  ])('of %s are %j', (path, methods) => {
    expect(allowedMethods(routes)(path)).toEqual(methods);
  });
});
