import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openLocalIssuer } from '@tocsin/auth/local-issuer.ts';
import { TokenVerifier } from '@tocsin/auth/token-verifier.ts';
import { openLmdbEventBus } from '@tocsin/bus/lmdb/open-lmdb-event-bus.ts';
import { buildServer } from '@tocsin/http/server.ts';
import { createIngestService } from '@tocsin/ingest-service/service.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { silentLog } from '@tocsin/telemetry/log.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';

/** Ingest and bus alone, for `accept.ts`: authentication, limits and durability on, nothing reads what is accepted. */
const folder = process.argv[2] ?? '';
const world = systemWorld();
const issuer = await openLocalIssuer(world, join(folder, 'keys'), 'tocsin');
const bus = await openLmdbEventBus({
  folder: join(folder, 'bus'),
  world,
  onFatal: (error) => {
    throw error;
  },
});
const ingest = createIngestService({
  bus,
  world,
  receiptKey: randomBytes(32),
  findOutcomes: () => Promise.resolve([]),
  counters: {
    accepted: () => undefined,
    refused: () => undefined,
    refusedRequest: () => undefined,
  },
});
const server = buildServer({
  service: 'bench',
  version: '0',
  routes: ingest.routes,
  verifier: new TokenVerifier([issuer.trusted()], world.clock),
  tenants: { find: () => Promise.resolve({ status: 'active' }) },
  log: silentLog,
  metrics: new Metrics('bench'),
  world,
});
await server.listen({ socketPath: join(folder, 'data.sock') });
const tenantId = parseTenantId('acme-corp');
const token = await issuer.mint({
  subject: 'bench',
  tenantId,
  role: 'soc_analyst',
  ttlSeconds: 3600,
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on('SIGTERM', async () => {
  await server.close(0);
  await bus.close();
  process.exit(0);
});
process.send?.({ headers: { authorization: `Bearer ${token}`, 'x-tenant-id': tenantId } });
