import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { LogFields } from '@tocsin/telemetry/log.ts';
import { silentLog } from '@tocsin/telemetry/log.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { streamTenantRoute } from './raw-route.ts';
import { publicRoute, type Route, tenantRoute } from './route.ts';
import { type TestServer, type TestServerOptions, testServer } from './testing/test-server.ts';

const meta = { summary: 's', tags: [], responses: {} } as const;
let up: TestServer | undefined;
afterEach(() => up?.server.close(100));

async function serve(routes: readonly Route[], options: TestServerOptions = {}): Promise<number> {
  up = await testServer(routes, options);
  return up.server.listen({ host: '127.0.0.1', port: 0 });
}

describe('a streaming route', () => {
  const echo = streamTenantRoute({
    ...meta,
    method: 'POST',
    path: '/v1/echo',
    operationId: 'echo',
    permission: 'events:write',
    bodyBytesMax: 1000,
    handle: async (tenant, { body, url }) => ({
      status: 200,
      headers: { 'x-seen': `${tenant.tenantId} ${url}` },
      body: Readable.from(body),
    }),
  });

  it('passes the body on while it arrives', async () => {
    const port = await serve([echo]);
    const headers = { ...(await up?.headers()), 'content-type': 'application/json' };
    const call = httpRequest({ port, method: 'POST', path: '/v1/echo?a=1', headers });
    call.write('first');
    const [response] = await once(call, 'response');
    const [chunk] = await once(response, 'data');
    expect(String(chunk)).toBe('first');
    expect(response.headers['x-seen']).toBe('acme-corp /v1/echo?a=1');
    call.end('second');
    const [rest] = await once(response, 'data');
    expect(String(rest)).toBe('second');
  });

  it('refuses a stated length over its limit, and a caller without a token', async () => {
    await serve([echo]);
    const headers = await up?.headers();
    const over = await up?.server.app.inject({
      method: 'POST',
      url: '/v1/echo',
      headers: headers ?? {},
      payload: 'x'.repeat(1001),
    });
    expect(over?.json()).toMatchObject({ status: 413, code: 'body_too_large' });
    const anyone = await up?.server.app.inject({ method: 'POST', url: '/v1/echo', payload: 'x' });
    expect(anyone?.statusCode).toBe(401);
  });
});

describe('a client that leaves', () => {
  it('aborts the signal of its request, and is no fault of ours', async () => {
    const logged: LogFields[] = [];
    const log = {
      ...silentLog,
      error: (_message: string, fields?: LogFields) => void logged.push(fields ?? {}),
    };
    const started = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    const waits = publicRoute({
      ...meta,
      method: 'GET',
      path: '/waits',
      operationId: 'waits',
      handle: async ({ signal }) => {
        signal.addEventListener('abort', () => aborted.resolve());
        started.resolve();
        await aborted.promise;
        throw new Error('cut short');
      },
    });
    const port = await serve([waits], { log });
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /waits HTTP/1.1\r\nhost: x\r\n\r\n');
    await started.promise;
    socket.destroy();
    await aborted.promise;
    await up?.server.close(100);
    expect(logged).toEqual([]);
  });
});

describe('a body that never ends', () => {
  it('is answered by 408', async () => {
    const route = tenantRoute({
      ...meta,
      method: 'POST',
      path: '/v1/x',
      operationId: 'x',
      permission: 'cases:write',
      handle: async () => ({ status: 200 }),
    });
    const port = await serve([route], {
      limits: { requestTimeoutMs: 200, headersTimeoutMs: 200, slowCheckMs: 50 },
    });
    const { authorization, 'x-tenant-id': tenant } = (await up?.headers()) ?? {};
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /v1/x HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\nx-tenant-id: ${tenant}\r\ncontent-length: 100\r\n\r\n{`,
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /);
    expect(String(answer)).toContain('"code":"request_timeout"');
    socket.destroy();
  });
});

describe('closing', () => {
  function slowRoute() {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const route = publicRoute({
      ...meta,
      method: 'GET',
      path: '/slow',
      operationId: 'slow',
      handle: async () => {
        started.resolve();
        await release.promise;
        return { status: 200, body: { done: true } };
      },
    });
    return { route, started: started.promise, release: release.resolve };
  }

  it('lets a request in flight finish and takes no new one', async () => {
    const { route, started, release } = slowRoute();
    const port = await serve([route]);
    const inFlight = fetch(`http://127.0.0.1:${port}/slow`);
    await started;
    const closing = up?.server.close(5000);
    await expect(fetch(`http://127.0.0.1:${port}/slow`)).rejects.toThrow();
    release();
    expect(await (await inFlight).json()).toEqual({ done: true });
    await closing;
  });

  it('cuts what is still in flight after the drain', async () => {
    const { route, started } = slowRoute();
    const port = await serve([route]);
    const inFlight = fetch(`http://127.0.0.1:${port}/slow`).then(
      () => 'answered',
      () => 'cut',
    );
    await started;
    await up?.server.close(50);
    expect(await inFlight).toBe('cut');
  });
});

describe('a unix socket', () => {
  it('is reached by its owner only, and replaces what a dead process left', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tocsin-socket-'));
    const socketPath = join(folder, 'data.sock');
    for (let start = 0; start < 2; start += 1) {
      up = await testServer([]);
      expect(await up.server.listen({ socketPath })).toBe(0);
      expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
      const call = httpRequest({ socketPath, path: '/openapi.json' });
      call.end();
      const [response] = await once(call, 'response');
      expect(response.statusCode).toBe(200);
      response.resume();
      await up.server.close(100);
    }
    await rm(folder, { recursive: true });
  });
});
