import { Agent, createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rawTenantRoute } from '@tocsin/http/raw-route.ts';
import { testServer } from '@tocsin/http/testing/test-server.ts';

/**
 * Prints CPU per request of a trivial raw route with a cached token as a multiple of bare node:http, measured in
 * alternating rounds in this one process (the client's own cost is in both, so the true multiple is higher;
 * `serverOnly` takes out the cost of the client as measured against bare node:http twice).
 */
const CONNECTIONS = 64;
const REQUESTS = 15_000;
const BODY = Buffer.from(JSON.stringify({ category: 'auth', actor: { id: 'user123' } }));

const bare = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end(`{"bytes":${Buffer.concat(chunks).length}}`);
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

async function round(port: number, headers: Record<string, string>): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let left = REQUESTS;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const call = httpRequest(
        {
          port,
          method: 'POST',
          path: '/v1/ingest/events',
          headers: { ...headers, 'content-length': BODY.length },
          agent,
        },
        (response) => {
          if (response.statusCode !== 202) reject(new Error(`status ${response.statusCode}`));
          response.resume();
          response.on('end', resolve);
        },
      );
      call.on('error', reject);
      call.end(BODY);
    });
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const used = process.cpuUsage(before);
  agent.destroy();
  return (used.user + used.system) / REQUESTS;
}

const { server, headers } = await testServer([route]);
const tocsinPort = await server.listen({ host: '127.0.0.1', port: 0 });
const barePort = await new Promise<number>((resolve) => {
  const listening: Server = bare.listen(0, '127.0.0.1', () =>
    resolve((listening.address() as AddressInfo).port),
  );
});
const caller = await headers();
const rounds: { bare: number[]; tocsin: number[] } = { bare: [], tocsin: [] };
for (let index = 0; index < 5; index += 1) {
  rounds.bare.push(await round(barePort, caller));
  rounds.tocsin.push(await round(tocsinPort, caller));
}
const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const [bareUs, tocsinUs] = [median(rounds.bare), median(rounds.tocsin)];
console.log(
  JSON.stringify({
    bareMicroseconds: bareUs,
    tocsinMicroseconds: tocsinUs,
    ratio: tocsinUs / bareUs,
    addedMicroseconds: tocsinUs - bareUs,
  }),
);
await server.close();
bare.close();
