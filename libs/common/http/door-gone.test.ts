import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '@tocsin/kernel/problem.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tenantRoute } from './route.ts';
import { type TestServer, testServer } from './testing/test-server.ts';

let http: TestServer;
let folder: string;
/** Ends the check of every credential, with a refusal. */
let decide: () => void;
let checked: Promise<void>;
let asked: Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-door-'));
  const waiting = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  decide = waiting.resolve;
  checked = waiting.promise;
  asked = begun.promise;
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
  http = await testServer([route], {
    rates: { limitOwnMachine: true },
    verifierOf: () => ({
      verify: async () => {
        begun.resolve();
        await checked;
        throw new Problem('unauthenticated', { detail: 'no' });
      },
    }),
  });
});
afterEach(async () => {
  await http.server.close();
  await rm(folder, { recursive: true });
});

it('goes on when a client leaves while its credential is being checked', async () => {
  const port = await http.server.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /probe HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n');
  await asked;
  const closed = once(http.server.app.server, 'connection').catch(() => undefined);
  socket.destroy();
  // The server has seen the end of the connection once it has taken another.
  const second = connect(port, '127.0.0.1');
  await closed;
  decide();
  second.write(
    'GET /probe HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer y\r\nConnection: close\r\n\r\n',
  );
  const [answer] = await once(second, 'data');
  expect(String(answer)).toContain('HTTP/1.1 401');
});

it('refuses a credential that comes by a unix socket, where nobody has an address', async () => {
  const socketPath = join(folder, 's');
  await http.server.listen({ socketPath });
  decide();
  const sent = request({ socketPath, path: '/probe', headers: { authorization: 'Bearer x' } });
  sent.end();
  const [answer] = await once(sent, 'response');
  answer.resume();
  expect(answer.statusCode).toBe(401);
});
