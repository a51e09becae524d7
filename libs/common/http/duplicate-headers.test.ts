import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tenantRoute } from './route.ts';
import { type TestServer, testServer } from './testing/test-server.ts';

let http: TestServer;
let port: number;

beforeAll(async () => {
  const route = tenantRoute({
    method: 'GET',
    path: '/probe',
    operationId: 'probe',
    summary: 'probe',
    tags: [],
    permission: 'events:read',
    responses: { 200: undefined },
    handle: async () => ({ status: 200, body: {} }),
  });
  http = await testServer([route]);
  port = await http.server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => http.server.close());

/** Status of a request with exactly these header lines; clients would not send some of them. */
function statusOf(lines: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
    });
    socket.on('end', () => resolve(Number(text.split(' ')[1])));
    socket.on('error', reject);
    const head = ['GET /probe HTTP/1.1', 'Host: x', 'Connection: close', ...lines];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
  });
}

it('takes one credential and one tenant, and refuses a second of either', async () => {
  const { authorization = '' } = await http.headers();
  const token = `Authorization: ${authorization}`;
  const tenant = 'X-Tenant-ID: acme-corp';
  expect(await statusOf([token, tenant])).toBe(200);
  expect(await statusOf([token, token, tenant])).toBe(401);
  expect(await statusOf([token, 'Authorization: Bearer x', tenant])).toBe(401);
  expect(await statusOf(['Authorization: Bearer x', token, tenant])).toBe(401);
  expect(await statusOf([token, 'X-API-Key: x', tenant])).toBe(401);
  expect(await statusOf([token, tenant, tenant])).toBe(400);
  expect(await statusOf([token, tenant, 'X-Tenant-ID: other-corp'])).toBe(400);
});
