import { connect } from 'node:net';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawTenantRoute, streamTenantRoute } from './raw-route.ts';
import { tenantRoute } from './route.ts';
import { HIDDEN_PATH, smuggledRequests } from './testing/smuggling.ts';
import { type TestServer, testServer } from './testing/test-server.ts';

const LAST_PATH = '/behind-the-other-request';
const LAST_REQUEST = `GET ${LAST_PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

const shape = { summary: 's', tags: [], responses: {} };
const seen: string[] = [];
const routes = [
  tenantRoute({
    ...shape,
    method: 'POST',
    path: '/buffered',
    operationId: 'buffered',
    permission: 'cases:write',
    body: Type.Object({}),
    handle: async () => ({ status: 200, body: {} }),
  }),
  rawTenantRoute({
    ...shape,
    method: 'POST',
    path: '/raw',
    operationId: 'raw',
    permission: 'events:write',
    bodyBytesMax: 1000,
    handle: async () => ({ status: 202, body: {} }),
  }),
  streamTenantRoute({
    ...shape,
    method: 'POST',
    path: '/stream',
    operationId: 'stream',
    permission: 'events:write',
    bodyBytesMax: 1000,
    handle: async (_tenant, { body }) => {
      for await (const _chunk of body.iterator({ destroyOnReturn: false }));
      return { status: 202, body: {} };
    },
  }),
  tenantRoute({
    ...shape,
    method: 'GET',
    path: HIDDEN_PATH,
    operationId: 'hidden',
    permission: 'cases:read',
    handle: async () => ({ status: 200, body: {} }),
  }),
];

let up: TestServer;
let port: number;
let headers: string;
beforeAll(async () => {
  up = await testServer(routes);
  up.server.app.addHook('onRequest', (request, _reply, done) => {
    seen.push(request.url);
    done();
  });
  port = await up.server.listen({ host: '127.0.0.1', port: 0 });
  headers = Object.entries(await up.headers())
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
});
afterAll(() => up.server.close(100));

/** What came back before the connection was closed, and whether a request behind it was still answered. */
interface Exchange {
  readonly text: string;
  readonly stayedOpen: boolean;
}

/** Sends bytes and, as soon as there is an answer, a request behind them; waits until the connection is closed. */
async function exchange(bytes: string): Promise<Exchange> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    if (text === '') socket.write(LAST_REQUEST);
    text += chunk.toString('latin1');
  });
  // A reset closes it too: the server does not read what came behind.
  socket.on('error', () => undefined);
  socket.write(Buffer.from(bytes, 'latin1'));
  await new Promise((resolve) => socket.once('close', resolve));
  return { text, stayedOpen: seen.includes(LAST_PATH) };
}

const names = smuggledRequests('/', '').map(({ name }) => name);

describe.each(['/buffered', '/raw', '/stream'])('on the route %s', (path) => {
  it.each(names)('%s hides nothing', async (name) => {
    const found = smuggledRequests(path, headers).find((one) => one.name === name);
    if (found === undefined) throw new Error('the corpus is the same for every path');
    seen.length = 0;
    const { text, stayedOpen } = await exchange(found.bytes);
    const answers = text.match(/HTTP\/1\.1 \d{3}/g) ?? [];
    expect(seen).not.toContain(HIDDEN_PATH);
    expect(stayedOpen).toBe(found.outcome === 'one');
    expect(answers.length).toBeLessThanOrEqual(stayedOpen ? 2 : 1);
    if (found.outcome === 'refused') {
      expect(answers).toEqual(['HTTP/1.1 400']);
      expect(text).toContain('application/problem+json');
    }
    if (stayedOpen) expect(answers).toHaveLength(2);
  });
});
