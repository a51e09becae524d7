import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectSecurely } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tenantRoute } from './route.ts';
import { selfSigned } from './testing/self-signed.ts';
import { type TestServer, testServer } from './testing/test-server.ts';

let http: TestServer;
let folder: string;
let ports: { readonly plain: number; readonly tls: number };

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
  const { cert, key } = selfSigned('localhost');
  folder = await mkdtemp(join(tmpdir(), 'tocsin-duplicate-'));
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  await writeFile(files.certFile, cert);
  await writeFile(files.keyFile, key);
  const at = { host: '127.0.0.1', port: 0 };
  ports = {
    plain: await http.server.listen(at),
    tls: await http.server.listenSecurely(at, files),
  };
});
afterAll(async () => {
  await http.server.close();
  await rm(folder, { recursive: true });
});

/** Status of a request with exactly these header lines; clients would not send some of them. */
function statusOf(listener: 'plain' | 'tls', lines: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const at = { port: ports[listener], host: '127.0.0.1' };
    const socket =
      listener === 'plain' ? connect(at) : connectSecurely({ ...at, rejectUnauthorized: false });
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

it.each([
  'plain',
  'tls',
] as const)('takes one credential and one tenant, and refuses a second of either (%s)', async (by) => {
  const { authorization = '' } = await http.headers();
  const token = `Authorization: ${authorization}`;
  const tenant = 'X-Tenant-ID: acme-corp';
  expect(await statusOf(by, [token, tenant])).toBe(200);
  expect(await statusOf(by, [token, token, tenant])).toBe(401);
  expect(await statusOf(by, [token, 'Authorization: Bearer x', tenant])).toBe(401);
  expect(await statusOf(by, ['Authorization: Bearer x', token, tenant])).toBe(401);
  expect(await statusOf(by, [token, 'X-API-Key: x', tenant])).toBe(401);
  expect(await statusOf(by, [token, tenant, tenant])).toBe(400);
  expect(await statusOf(by, [token, tenant, 'X-Tenant-ID: other-corp'])).toBe(400);
});
