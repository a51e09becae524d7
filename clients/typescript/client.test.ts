import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTocsinClient, type TocsinClient } from './client.ts';
import { listItems } from './list-items.ts';
import { ProblemError } from './problem-error.ts';

/** Five tenants in pages of as many as are asked for, and nothing else. */
const TENANTS = ['a', 'b', 'c', 'd', 'e'].map((tenant_id) => ({ tenant_id }));
const asked: IncomingMessage[] = [];
let server: Server;
let client: TocsinClient;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    const url = new URL(request.url ?? '', 'http://server');
    const type = { 'content-type': 'application/problem+json', 'retry-after': '3' };
    if (url.pathname === '/v1/tenants/proxy') response.writeHead(502).end('<html>');
    else if (url.pathname !== '/v1/tenants') {
      const errors = [{ pointer: '/path/id', detail: 'is odd' }];
      const problem = { code: 'not_found', title: 't', detail: 'there is no such tenant', errors };
      response.writeHead(404, type).end(JSON.stringify(problem));
    } else {
      const from = Number(url.searchParams.get('cursor') ?? 0);
      const to = from + Math.min(2, Number(url.searchParams.get('limit')));
      const next_cursor = to < TENANTS.length ? String(to) : null;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ items: TENANTS.slice(from, to), next_cursor }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  let renewed = 0;
  const token = async () => `token-${++renewed}`;
  client = createTocsinClient({ url: `http://127.0.0.1:${port}/`, token, tenant: 'acme-corp' });
});
afterAll(() => server.close());

describe('the client', () => {
  it('sends tenant and token, which it asks for before each request', async () => {
    const { data } = await client.GET('/v1/tenants', { params: { query: { limit: 1 } } });
    await client.GET('/v1/tenants');
    expect(data?.items).toEqual([{ tenant_id: 'a' }]);
    expect(asked.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer token-2',
      'x-tenant-id': 'acme-corp',
    });
  });

  it('throws a refusal with its code, its words and how long to wait', async () => {
    const params = { path: { tenant_id: 'a/../b' } };
    const refusal = await client.GET('/v1/tenants/{tenant_id}', { params }).catch((e) => e);
    expect(refusal).toBeInstanceOf(ProblemError);
    expect(refusal).toMatchObject({
      status: 404,
      code: 'not_found',
      retryAfterSeconds: 3,
      message: 'there is no such tenant (/path/id: is odd)',
    });
    expect(asked.at(-1)?.url).toBe('/v1/tenants/a%2F..%2Fb');
  });

  it('throws by its status what is no problem document', async () => {
    const params = { path: { tenant_id: 'proxy' } };
    await expect(client.GET('/v1/tenants/{tenant_id}', { params })).rejects.toMatchObject({
      status: 502,
      code: undefined,
      message: 'GET /v1/tenants/proxy was answered with 502',
    });
  });

  it.each([
    [undefined, 5],
    [3, 3],
    [4, 4],
    [9, 5],
  ])('gives the items of all pages, at most %s of them', async (max, count) => {
    const ids = [];
    for await (const { tenant_id } of listItems(client, '/v1/tenants', {}, max))
      ids.push(tenant_id);
    expect(ids).toEqual(['a', 'b', 'c', 'd', 'e'].slice(0, count));
  });
});
