import { once } from 'node:events';
import { connect } from 'node:net';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawTenantRoute, streamTenantRoute } from './raw-route.ts';
import { tenantRoute } from './route.ts';
import { HIDDEN_PATH, smuggledRequests } from './testing/smuggling.ts';
import { type TestServer, testServer } from './testing/test-server.ts';

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

/** Sends bytes and waits until the server closes, or until it was silent for a moment after an answer. */
async function exchange(bytes: string): Promise<{ text: string; closed: boolean }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let closed = false;
  let quiet: NodeJS.Timeout | undefined;
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    clearTimeout(quiet);
    quiet = setTimeout(() => socket.destroy(), 60);
  });
  socket.on('error', () => undefined);
  socket.on('end', () => {
    closed = true;
    socket.destroy();
  });
  const late = setTimeout(() => socket.destroy(), 3_000);
  socket.write(Buffer.from(bytes, 'latin1'));
  await once(socket, 'close');
  clearTimeout(late);
  clearTimeout(quiet);
  return { text, closed };
}

const names = smuggledRequests('/', '').map(({ name }) => name);

describe.each(['/buffered', '/raw', '/stream'])('on the route %s', (path) => {
  it.each(names)('%s hides nothing', async (name) => {
    const found = smuggledRequests(path, headers).find((one) => one.name === name);
    if (found === undefined) throw new Error('the corpus is the same for every path');
    seen.length = 0;
    const { text, closed } = await exchange(found.bytes);
    const answers = text.match(/HTTP\/1\.1 \d{3}/g) ?? [];
    expect(seen.filter((url) => url === HIDDEN_PATH)).toEqual([]);
    expect(answers.length).toBeLessThanOrEqual(1);
    if (found.outcome === 'refused') {
      expect(answers).toEqual(['HTTP/1.1 400']);
      expect(text).toContain('application/problem+json');
    }
    if (found.outcome !== 'one') expect(closed).toBe(true);
    else expect(answers).toHaveLength(1);
  });
});
