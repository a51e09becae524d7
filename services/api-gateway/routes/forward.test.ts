import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type TestServer, testServer } from '@tocsin/http/testing/test-server.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { FairSlots } from '@tocsin/limits/fair-slots.ts';
import { Pool } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InFlightBytes } from '../domain/in-flight.ts';
import { type ForwardDeps, forwardRoute } from './forward.ts';

const BODY = 'x'.repeat(700_000);

describe('a forwarded request', () => {
  let up: TestServer;
  let client: Socket;
  let head: string;
  let pool: Pool;
  let forwarding: ForwardDeps;
  let behind: Server | undefined;

  beforeEach(async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    const dataPort = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => probe.close(resolve));
    pool = new Pool(`http://127.0.0.1:${dataPort}`);
    forwarding = {
      data: pool,
      inFlight: new InFlightBytes(BODY.length * 2),
      slots: new FairSlots(2),
    };
    const route = forwardRoute(forwarding, {
      method: 'POST',
      path: '/v1/ingest/events',
      operationId: 'ingestEvents',
      summary: 's',
      tags: [],
      permission: 'events:write',
      responses: { 202: undefined },
      bodyBytesMax: BODY.length,
    });
    up = await testServer([route]);
    const port = await up.server.listen({ host: '127.0.0.1', port: 0 });
    const headers = Object.entries(await up.headers()).map(([name, value]) => `${name}: ${value}`);
    head = [
      'POST /v1/ingest/events HTTP/1.1',
      'host: localhost',
      ...headers,
      `content-length: ${BODY.length}`,
    ].join('\r\n');
    client = connect(port, '127.0.0.1');
    await once(client, 'connect');
    behind = createServer((request, response) => {
      request.resume().once('end', () => response.writeHead(202).end('{}'));
    });
    startData = async () => {
      behind?.listen(dataPort, '127.0.0.1');
      await once(behind as Server, 'listening');
    };
  });

  let startData: () => Promise<void>;

  afterEach(async () => {
    client.destroy();
    await up.server.close(100);
    await pool.destroy();
    behind?.closeAllConnections();
    behind?.close();
  });

  /** Sends a request on the one connection and gives the status of its answer. */
  async function send(): Promise<string> {
    client.write(`${head}\r\n\r\n${BODY}`);
    const [bytes] = await once(client, 'data');
    return String(bytes).slice(9, 12);
  }

  it('is answered by 503 while the data process is away, each time on the same connection', async () => {
    expect(await send()).toBe('503');
    expect(await send()).toBe('503');
    await startData();
    expect(await send()).toBe('202');
  });

  it('is answered by 502 when the data process had all of it and ended without an answer', async () => {
    behind?.removeAllListeners('request').on('request', (request: IncomingMessage) => {
      request.resume().once('end', () => request.socket.destroy());
    });
    await startData();
    expect(await send()).toBe('502');
  });

  it('is answered by 503 when the data process ended before it had all of it', async () => {
    behind?.removeAllListeners('request').on('request', (request: IncomingMessage) => {
      request.once('data', () => request.socket.destroy());
    });
    await startData();
    client.write(`${head}\r\n\r\n${BODY.slice(0, 1000)}`);
    const [bytes] = await once(client, 'data');
    expect(String(bytes).slice(9, 12)).toBe('503');
  });

  it('refuses a tenant whose share is taken, and takes its bodies again later', async () => {
    await startData();
    const release = forwarding.inFlight.take(parseTenantId('acme-corp'), BODY.length);
    expect(await send()).toBe('429');
    release();
    expect(await send()).toBe('202');
  });

  it('lets another tenant pass while one holds its slots', async () => {
    const release = await forwarding.slots.take('flooder');
    await startData();
    expect(await send()).toBe('202');
    release();
  });
});
