import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { rawTenantRoute } from '@tocsin/http/raw-route.ts';
import { testServer } from '@tocsin/http/testing/test-server.ts';
import type { LoadOrder } from './http-client.ts';

/**
 * Prints the CPU of a trivial raw route with a cached token as a multiple of bare node:http: alternating rounds,
 * median, CPU of the serving thread only (the generator has a thread of its own).
 */
const ROUNDS = 7;
const CONNECTIONS = 64;
const REQUESTS = 20_000;
const BODY = JSON.stringify({ category: 'auth', actor: { id: 'user123' } });

const bare = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const answer = JSON.stringify({ bytes: Buffer.concat(chunks).length });
    response.writeHead(202, {
      'content-type': 'application/json',
      'content-length': answer.length,
    });
    response.end(answer);
  });
});

const route = rawTenantRoute({
  method: 'POST',
  path: '/v1/ingest/events',
  operationId: 'ingestEvents',
  summary: 'bench',
  tags: [],
  permission: 'events:write',
  bodyBytesMax: 1024 * 1024,
  responses: {},
  handle: async (_tenant, { body }) => ({ status: 202, body: { bytes: body.length } }),
});

interface Round {
  readonly microseconds: number;
  readonly perSecond: number;
}

async function round(port: number, headers: Record<string, string>): Promise<Round> {
  const lines = Object.entries({
    host: 'bench',
    ...headers,
    'content-length': String(BODY.length),
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const request = `POST /v1/ingest/events HTTP/1.1\r\n${head}\r\n${BODY}`;
  const order: LoadOrder = { port, connections: CONNECTIONS, requests: REQUESTS, request };
  const before = process.threadCpuUsage();
  const start = performance.now();
  const client = new Worker(new URL('./http-client.ts', import.meta.url), { workerData: order });
  await new Promise((resolve, reject) => {
    client.once('message', resolve);
    client.once('error', reject);
  });
  const used = process.threadCpuUsage(before);
  const seconds = (performance.now() - start) / 1000;
  return { microseconds: (used.user + used.system) / REQUESTS, perSecond: REQUESTS / seconds };
}

const { server, headers } = await testServer([route]);
const tocsinPort = await server.listen({ host: '127.0.0.1', port: 0 });
const barePort = await new Promise<number>((resolve) => {
  bare.listen(0, '127.0.0.1', () => resolve((bare.address() as AddressInfo).port));
});
const caller = await headers();
const rounds: { readonly bare: Round[]; readonly tocsin: Round[] } = { bare: [], tocsin: [] };
for (let index = 0; index < ROUNDS; index += 1) {
  rounds.bare.push(await round(barePort, caller));
  rounds.tocsin.push(await round(tocsinPort, caller));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const [bareUs, tocsinUs] = [rounds.bare, rounds.tocsin].map((all) =>
  median(all.map((one) => one.microseconds)),
) as [number, number];
console.log(
  JSON.stringify({
    bareMicroseconds: bareUs,
    tocsinMicroseconds: tocsinUs,
    ratio: tocsinUs / bareUs,
    addedMicroseconds: tocsinUs - bareUs,
    barePerSecond: median(rounds.bare.map((one) => one.perSecond)),
    tocsinPerSecond: median(rounds.tocsin.map((one) => one.perSecond)),
  }),
);
await server.close();
bare.close();
