import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { silentLog } from '@tocsin/telemetry/log.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publicRoute, tenantRoute } from './route.ts';
import { SecureListener, TLS_RELOAD_EVERY_MS } from './secure-listener.ts';
import { selfSigned } from './testing/self-signed.ts';
import { type TestServer, type TestServerOptions, testServer } from './testing/test-server.ts';

const shape = { summary: 's', tags: [], responses: {} };
const routes = [
  publicRoute({
    ...shape,
    method: 'GET',
    path: '/open',
    operationId: 'open',
    handle: async () => ({ status: 200, body: {} }),
  }),
  publicRoute({
    ...shape,
    method: 'GET',
    path: '/endless',
    operationId: 'endless',
    handle: async () => ({ status: 200, body: Readable.from(endless()) }),
  }),
  tenantRoute({
    ...shape,
    method: 'GET',
    path: '/v1/notes',
    operationId: 'listNotes',
    permission: 'cases:read',
    handle: async () => ({ status: 200, body: {} }),
  }),
];

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024, 'x');
}

const SECURE = {
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
};

let up: TestServer;
async function start(options: TestServerOptions = {}): Promise<number> {
  up = await testServer(routes, options);
  return await up.server.listen({ host: '127.0.0.1', port: 0 });
}

describe('every answer has the security headers', () => {
  beforeAll(() => start());
  afterAll(() => up.server.close(100));

  it.each([
    ['a route', 'GET', '/open'],
    ['a refusal', 'GET', '/v1/notes'],
    ['an unknown path', 'GET', '/nothing'],
    ['a wrong method', 'DELETE', '/open'],
    ['a path that is not well-formed', 'GET', '/v1/%zz'],
    ['a preflight', 'OPTIONS', '/open'],
  ] as const)('%s', async (_name, method, url) => {
    expect((await up.server.app.inject({ method, url })).headers).toMatchObject(SECURE);
  });

  it('broken HTTP too', async () => {
    const { port } = up.server.app.server.address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    socket.write('nonsense\r\n\r\n');
    const [bytes] = await once(socket, 'data');
    for (const [name, value] of Object.entries(SECURE))
      expect(String(bytes)).toContain(`${name}: ${value}`);
    socket.destroy();
  });
});

describe('pages of other origins', () => {
  const ask = (origin: string, preflight = false) =>
    up.server.app.inject({
      method: preflight ? 'OPTIONS' : 'GET',
      url: preflight ? '/v1/notes' : '/open',
      headers: { origin, ...(preflight ? { 'access-control-request-method': 'GET' } : {}) },
    });
  afterEach(() => up.server.close(100));

  it('read nothing by default', async () => {
    await start();
    for (const preflight of [false, true]) {
      const { headers } = await ask('https://console.example', preflight);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('read answers where their origin is listed, without cookies', async () => {
    await start({ corsOrigins: ['https://console.example'] });
    const answer = await ask('https://console.example');
    expect(answer.headers['access-control-allow-origin']).toBe('https://console.example');
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect(answer.headers['vary']).toBe('Origin');
    const preflight = await ask('https://console.example', true);
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toContain('authorization');
  });

  it.each([
    'https://console.example.evil',
    'http://console.example',
    'https://console.example:444',
    'null',
    'https://CONSOLE.example',
  ])('are not taken for a listed one: %s', async (origin) => {
    await start({ corsOrigins: ['https://console.example'] });
    const answer = await ask(origin);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['vary']).toBe('Origin');
  });
});

describe('a slow or silent client', () => {
  let sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
    await up.server.close(100);
  });

  function client(port: number): { socket: Socket; text: () => string; closed: Promise<unknown> } {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString();
    });
    socket.on('error', () => undefined);
    return { socket, text: () => text, closed: once(socket, 'close') };
  }

  it('that never ends its headers is answered by 408 and closed', async () => {
    const port = await start({ limits: { headersTimeoutMs: 100, slowCheckMs: 20 } });
    const { socket, text, closed } = client(port);
    socket.write('GET /open HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    await closed;
    expect(text()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('that never ends its body is answered by 408 and closed', async () => {
    const port = await start({
      limits: { headersTimeoutMs: 100, requestTimeoutMs: 100, slowCheckMs: 20 },
    });
    const { socket, text, closed } = client(port);
    socket.write('POST /open HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    await closed;
    expect(text()).toMatch(/^HTTP\/1\.1 (404|405|408) /);
  });

  it('that reads nothing of its answer is closed after the longest silence', async () => {
    const port = await start({ limits: { silenceMs: 150 } });
    const accepted = once(up.server.app.server, 'connection');
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n');
    const [served] = (await accepted) as [Socket];
    await once(served, 'close');
  });
});

describe('a listener with TLS', () => {
  let folder: string;
  let port: number;
  const certFile = () => join(folder, 'cert.pem');
  const keyFile = () => join(folder, 'key.pem');
  const install = async (name: string): Promise<string> => {
    const { cert, key } = selfSigned(name);
    await writeFile(certFile(), cert);
    await writeFile(keyFile(), key);
    return cert;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tocsin-tls-'));
    await install('first');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const nameShown = (options: object = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        resolve(socket.getPeerCertificate().subject.CN as string);
        socket.destroy();
      });
    });

  describe('of a server', () => {
    beforeEach(async () => {
      up = await testServer(routes);
      const files = { certFile: certFile(), keyFile: keyFile() };
      port = await up.server.listenSecurely({ host: '127.0.0.1', port: 0 }, files);
    });
    afterEach(() => up.server.close(100));

    it('serves the same routes, and tells browsers to come by TLS only', async () => {
      const agent = new Agent({ rejectUnauthorized: false });
      const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
        const sent = httpsRequest({ port, path: '/open', agent }, (answer) => {
          answer.resume();
          resolve({ ...answer.headers, status: answer.statusCode });
        });
        sent.once('error', reject);
        sent.end();
      });
      agent.destroy();
      expect(headers).toMatchObject({ status: 200, ...SECURE });
      expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
    });

    it('speaks TLS 1.2 and 1.3', async () => {
      expect(await nameShown({ maxVersion: 'TLSv1.2' })).toBe('first');
      expect(await nameShown({ minVersion: 'TLSv1.3' })).toBe('first');
    });

    it('refuses TLS 1.1, and plain HTTP', async () => {
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
      await expect(nameShown(old)).rejects.toThrow(/alert|version|protocol/i);
      const plain = connect(port, '127.0.0.1');
      plain.on('error', () => undefined);
      plain.write('GET /open HTTP/1.1\r\nHost: x\r\n\r\n');
      let text = '';
      plain.on('data', (bytes) => {
        text += bytes.toString();
      });
      await once(plain, 'close');
      expect(text).not.toContain('200 OK');
    });
  });

  it('is not opened with files that do not fit together', async () => {
    await writeFile(keyFile(), selfSigned('other').key);
    await expect(openListener(new ManualClock())).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('takes new files for new connections, keeps old connections, and keeps good files when new ones are bad', async () => {
    const clock = new ManualClock();
    const listener = await openListener(clock);
    await new Promise<void>((resolve) => listener.server.listen(0, '127.0.0.1', resolve));
    port = (listener.server.address() as { port: number }).port;
    const old = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(old, 'secureConnect');
    await install('second');
    expect(await listener.reload()).toBe(true);
    expect(await nameShown()).toBe('second');
    old.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [bytes] = await once(old, 'data');
    expect(String(bytes)).toMatch(/^HTTP\/1\.1 200/);
    await writeFile(certFile(), 'no certificate');
    expect(await listener.reload()).toBe(false);
    expect(await nameShown()).toBe('second');
    old.destroy();
    await listener.close();
    expect(clock.pending).toBe(0);
  });

  it('looks at its files by itself', async () => {
    const clock = new ManualClock();
    const listener = await openListener(clock);
    expect(clock.pending).toBe(1);
    await clock.advance(TLS_RELOAD_EVERY_MS);
    await new Promise((resolve) => listener.server.listen(0, '127.0.0.1', () => resolve(null)));
    await listener.close();
  });

  function openListener(clock: ManualClock): Promise<SecureListener> {
    return SecureListener.open({
      files: { certFile: certFile(), keyFile: keyFile() },
      world: { ...systemWorld(), clock },
      log: silentLog,
      http: {},
      handle: (_request, response) => response.end('ok'),
      onClientError: (_error, socket) => socket.destroy(),
    });
  }
});
