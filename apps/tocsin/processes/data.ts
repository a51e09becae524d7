import { randomBytes } from 'node:crypto';
import { chmod, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { openLmdbEventBus } from '@tocsin/bus/lmdb/open-lmdb-event-bus.ts';
import { serveEventBus } from '@tocsin/bus/remote/serve-event-bus.ts';
import { loadConfig } from '@tocsin/config/load-config.ts';
import { DATA_CONFIG } from '@tocsin/config/processes.ts';
import { WORK_TOPICS } from '@tocsin/contracts/topic.ts';
import { healthRoutes } from '@tocsin/http/health.ts';
import { RateGate } from '@tocsin/http/rate-gate.ts';
import { buildServer } from '@tocsin/http/server.ts';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { createSearchHandler } from '@tocsin/search/remote/search-handler.ts';
import { mergeMetrics } from '@tocsin/telemetry/merge-metrics.ts';
import { openTenantDirectory } from '@tocsin/tenant-service/tenant-directory.ts';
import { HungItems } from '../pipeline/hung-items.ts';
import { ingestCounters } from '../pipeline/ingest-metrics.ts';
import { PipelineHost } from '../pipeline/pipeline-host.ts';
import { productVersion } from '../version.ts';
import { busMetrics } from './bus-metrics.ts';
import { busCheck, databaseCheck } from './checks.ts';
import { composeData } from './data-services.ts';
import { endWith, openShell, runUnderSupervisor } from './process-shell.ts';
import { rateRules } from './rate-rules.ts';
import { feedRules } from './rule-feed.ts';
import { serveSigmaRules } from './serve-sigma-rules.ts';
import { serveTenantStorage } from './serve-tenant-storage.ts';
import { measureStoredBytes } from './stored-bytes.ts';

/**
 * The process `data`: ingest, bus, pipeline, event store. The only one that opens LMDB and DuckDB. It listens on a
 * unix socket: the gateway passes ingest bodies through it, and other processes reach bus and store by it.
 */
async function main(): Promise<void> {
  const config = loadConfig(DATA_CONFIG, process.env);
  const { home, world, log, metrics, verifier, database, internalToken } = await openShell(
    'data',
    config,
  );
  const dataFolder = join(home.root, 'data');
  const fatal = (error: unknown): never => endWith(log, error);
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  const bus = await openLmdbEventBus({
    folder: join(dataFolder, 'bus'),
    world,
    onFatal: fatal,
    report: (error, during) =>
      log.warn('a consumer failed and tries again', { action: during, error }),
    onRepair: (repair) =>
      log.error('a file of the bus was damaged and is written anew with what was found in it', {
        action: 'bus.repair',
        status: 'failed',
        ...repair,
      }),
  });
  const countBus = busMetrics(metrics, bus.counters);
  const host = new PipelineHost(
    {
      dataFolder,
      failpoints: config.failpoints ?? '',
      rulesFolder: config.rulesFolder,
      sigmaStepsMax: config.sigmaStepsMax,
    },
    bus,
    world.clock,
    fatal,
    { hung: await HungItems.open(world.disk, join(dataFolder, 'hung-items.json')) },
  );
  const feed = await feedRules({
    database,
    world,
    log,
    setRules: (tenantId, settings) => host.setRules(tenantId, settings),
    putBack: (asked) => host.putBack(asked),
  });
  await host.start();
  const services = composeData({
    bus,
    world,
    counters: ingestCounters(metrics),
    receiptKey: await secretKey(world, home.keys, 'receipt.key'),
    findOutcomes: (tenant, frameIds) => host.findFrames(tenant, frameIds),
  });
  const stored = await measureStoredBytes(
    world,
    metrics,
    join(dataFolder, 'objects'),
    async (path) => (await stat(path).catch(() => undefined))?.size ?? 0,
    (error) => log.warn('the archive cannot be measured', { action: 'quota', error }),
  );
  const health = healthRoutes({
    service: 'data',
    version: productVersion(),
    checks: [
      busCheck(bus),
      { name: 'pipeline', check: () => host.check() },
      databaseCheck(database),
    ],
    metrics,
    metricsText: async () => {
      countBus();
      return mergeMetrics([await metrics.text(), await host.metrics()]);
    },
    world,
  });
  const server = buildServer({
    service: 'data',
    version: productVersion(),
    routes: [...services.routes, ...health],
    verifier,
    tenants: openTenantDirectory(database, world, config.defaultQuota),
    rates: new RateGate(rateRules(config), world.clock, metrics, (id) => stored.of(id)),
    log,
    metrics,
    world,
  });
  await rm(home.dataSocket, { force: true });
  await server.listen({ socketPath: home.dataSocket });
  const internal = await listenInternally(home.internalSocket, [
    createSearchHandler({
      store: host,
      credential: internalToken,
      clock: world.clock,
      onFault: (error) => log.error('a search failed', { action: 'search', error }),
    }),
    serveTenantStorage(
      {
        expire: (tenant, ages) => host.expire(tenant, ages),
        async erase(tenant) {
          const removed = await host.erase(tenant);
          const { frames, deadLetters } = await bus.forget(tenant.tenantId);
          return { removed: { ...removed, dead_letters: deadLetters }, framesLeft: frames };
        },
      },
      internalToken,
      (error) => log.error('removing data of a tenant failed', { action: 'storage', error }),
    ),
    serveSigmaRules(host, internalToken),
    serveEventBus(bus, {
      credentials: [{ name: 'control', token: internalToken, grants: CONTROL_GRANTS }],
      random: world.random,
      report: (error, during) => log.error('an internal call failed', { action: during, error }),
    }),
  ]);
  runUnderSupervisor(log, async () => {
    await server.close();
    await stored.stop();
    internal.closeAllConnections();
    internal.close();
    await feed.stop();
    await host.stop();
    await bus.close();
    await database.close();
  });
}

/** What the control process may do on the bus. */
const CONTROL_GRANTS = {
  publish: WORK_TOPICS,
  consume: [...WORK_TOPICS, 'alerts.scored', 'raw.events'],
} as const;

type InternalHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** Listens for the other processes of this home on a socket that only its user can open. */
async function listenInternally(
  path: string,
  handlers: readonly InternalHandler[],
): Promise<Server> {
  const server = createServer(async (request, response) => {
    for (const handler of handlers) if (await handler(request, response)) return;
    response.writeHead(404).end();
  });
  await rm(path, { force: true });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await chmod(path, 0o600);
  return server;
}

/** A secret of this home, made at first use: 32 bytes in a file of mode 0600. */
async function secretKey({ disk }: World, folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name);
  try {
    return await disk.read(path);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  await disk.writeNew(path, randomBytes(32));
  await disk.syncFolder(folder);
  return disk.read(path);
}

await main();
