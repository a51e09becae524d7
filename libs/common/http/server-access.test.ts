import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteRoutes as routes } from './testing/note-routes.ts';
import { type TestServer, testServer } from './testing/test-server.ts';

let up: TestServer;

beforeAll(async () => {
  up = await testServer(routes);
});
afterAll(() => up.server.close(100));

describe('who is let in', () => {
  it('asks for the token first, then for the tenant header, then for the tenant to be the same (X-02)', async () => {
    const { authorization = '' } = await up.headers();
    const at = (headers: Record<string, string>) =>
      up.server.app.inject({ method: 'GET', url: '/v1/notes/a', headers });
    const none = await at({});
    expect(none.json()).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(none.headers['www-authenticate']).toBe('Bearer realm="tocsin"');
    const bad = await at({ authorization: 'Bearer a.b.c', 'x-tenant-id': 'acme-corp' });
    expect(bad.json()).toMatchObject({ status: 401 });
    expect(bad.headers['www-authenticate']).toContain('error="invalid_token"');
    expect((await at({ authorization })).json()).toMatchObject({
      status: 400,
      code: 'tenant_header_missing',
    });
    expect((await at({ authorization, 'x-tenant-id': 'a.b' })).json()).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
    expect((await at({ authorization, 'x-tenant-id': 'other-corp' })).json()).toMatchObject({
      status: 403,
      code: 'tenant_mismatch',
    });
    expect((await at({ authorization, 'x-tenant-id': 'acme-corp' })).statusCode).toBe(200);
  });

  it('lets a role do what it may and no more', async () => {
    const auditor = await up.headers({ role: 'auditor' });
    const write = await up.server.app.inject({
      method: 'POST',
      url: '/v1/notes',
      headers: auditor,
      payload: '{"title":"a"}',
    });
    expect(write.json()).toMatchObject({ status: 403, code: 'forbidden' });
    const platform = await up.headers({ role: 'platform_admin' });
    const reading = await up.server.app.inject({
      method: 'GET',
      url: '/v1/notes/a',
      headers: platform,
    });
    expect(reading.json()).toMatchObject({ status: 403, code: 'forbidden' });
    const { authorization = '' } = platform;
    const tenants = await up.server.app.inject({
      method: 'GET',
      url: '/v1/tenants',
      headers: { authorization },
    });
    expect(tenants.json()).toEqual({ by: 'ada' });
  });

  it('needs nothing for a public route', async () => {
    expect((await up.server.app.inject('/open')).json()).toEqual({ open: true });
  });

  it.each([
    [undefined, 403],
    ['suspended', 403],
    ['deleted', 403],
    ['active', 200],
  ] as const)('answers a token of a tenant that is %s by %i', async (status, expected) => {
    const tenants = { find: async () => (status === undefined ? undefined : { status }) };
    const other = await testServer(routes, { tenants });
    const reply = await other.server.app.inject({
      url: '/v1/notes/a',
      headers: await other.headers(),
    });
    expect(reply.statusCode).toBe(expected);
    await other.server.close();
  });
});

describe('identity of requests', () => {
  it('keeps a sane request id and replaces another', async () => {
    const idOf = async (id: string) =>
      (
        await up.server.app.inject({
          url: '/v1/notes/a',
          headers: { ...(await up.headers()), 'x-request-id': id },
        })
      ).headers['x-request-id'];
    expect(await idOf('run:7/a')).toBe('run:7/a');
    expect(await idOf('a b<script>')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the route table', () => {
  it('refuses a route without a permission and two of the same operation id', async () => {
    const [first, second] = routes;
    await expect(testServer([{ ...first, permission: undefined } as never])).rejects.toThrow(
      'declares a scope',
    );
    await expect(
      testServer([first, { ...second, operationId: 'createNote' }] as never),
    ).rejects.toThrow('createNote');
  });
});
