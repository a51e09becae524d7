import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FORWARDED_AT_ONCE_MAX } from '@tocsin/api-gateway/service.ts';
import { openAuditKey } from '@tocsin/audit-service/audit-key.ts';
import { withSessions } from '@tocsin/auth/credential-verifier.ts';
import { PUBLIC_KEYS_FILE } from '@tocsin/auth/local-issuer.ts';
import type { Consumer } from '@tocsin/bus/event-bus.ts';
import { openRemoteEventBus } from '@tocsin/bus/remote/remote-event-bus.ts';
import { loadConfig } from '@tocsin/config/load-config.ts';
import { CONTROL_CONFIG } from '@tocsin/config/processes.ts';
import { setAlertStatus } from '@tocsin/correlate-service/alert-status.ts';
import { relayOutbox } from '@tocsin/database/outbox-relay.ts';
import { healthRoutes } from '@tocsin/http/health.ts';
import { RateGate } from '@tocsin/http/rate-gate.ts';
import { buildServer } from '@tocsin/http/server.ts';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import type { RunningRetention } from '@tocsin/retention-service/service.ts';
import { RemoteSearchStore } from '@tocsin/search/remote/remote-search-store.ts';
import { mergeMetrics } from '@tocsin/telemetry/merge-metrics.ts';
import { openTenantDirectory } from '@tocsin/tenant-service/tenant-directory.ts';
import { Pool } from 'undici';
import type { Home } from '../home.ts';
import { databaseLogOn } from '../supervisor/database-log.ts';
import { productVersion } from '../version.ts';
import { databaseCheck, dataChecks, dataMetrics, retentionCheck } from './checks.ts';
import { openCompatServers } from './compat-servers.ts';
import { composeControl } from './control-services.ts';
import { listenOn } from './listen-on.ts';
import { admitAgain } from './live-wiring.ts';
import { openLogin } from './login.ts';
import { endWith, openShell, runUnderSupervisor } from './process-shell.ts';
import { rateRules } from './rate-rules.ts';
import { RemoteSigmaRules } from './remote-sigma-rules.ts';
import { RemoteTenantStorage } from './remote-tenant-storage.ts';
import { startRetention } from './start-retention.ts';

/** Connections to the data process for ingest bodies. */
const DATA_CONNECTIONS = FORWARDED_AT_ONCE_MAX;

/**
 * The process `control`: the gateway that everyone talks to, and all services that work on PostgreSQL. It reaches bus
 * and event store in the data process, so an overload there leaves the API quick (design 2).
 */
async function main(): Promise<void> {
  const config = loadConfig(CONTROL_CONFIG, process.env);
  const shell = await openShell('control', config);
  const { home, world, log, metrics, verifier, pepper, database, internalToken } = shell;
  const fatal = (error: unknown): never => endWith(log, error);
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  const bus = await openRemoteEventBus({
    socketPath: home.internalSocket,
    token: internalToken,
    world,
    report: (error, during) =>
      log.warn('a consumer failed and tries again', { action: during, error }),
  });
  const data = new Pool('http://data', {
    socketPath: home.dataSocket,
    connections: DATA_CONNECTIONS,
  });
  const events = new RemoteSearchStore({
    socketPath: home.internalSocket,
    credential: internalToken,
    clock: world.clock,
  });
  const relay = relayOutbox({ database, bus, world, log: databaseLogOn(log) });
  const login = await openLogin(config, database, world);
  const auditKey = await openAuditKey(world, home.keys);
  const knownCallers = login === undefined ? verifier : withSessions(verifier, login.sessions);
  const tenants = openTenantDirectory(database, world, config.defaultQuota);
  const sigmaRules = new RemoteSigmaRules(home.internalSocket, internalToken, world.clock);
  const services = composeControl({
    sigmaRules: () => sigmaRules.read(),
    deferredRules: () => sigmaRules.deferred(),
    admit: admitAgain(knownCallers, tenants, world.clock),
    residency: config.dataResidency,
    webhookNetworks: config.webhookNetworks,
    defaultQuota: config.defaultQuota,
    databaseLog: databaseLogOn(log),
    auditKey,
    auditHeadsFolder: home.auditHeads,
    database,
    bus,
    data,
    events,
    world,
    metrics,
    pepper,
    login,
    committed: () => relay.wake(),
    publicKeys: () => publicKeys(home),
  });
  const rates = new RateGate(rateRules(config), world.clock, metrics);
  const compat = await openCompatServers({
    host: config.tlsCertFile === undefined ? config.host : '127.0.0.1',
    ingestPort: config.compatIngestPort,
    alertsPort: config.compatAlertsPort,
    setAlertStatus: (...asked) => setAlertStatus({ database, world }, ...asked),
    verifier,
    tenants,
    rates,
    log,
    database,
    data,
    events,
    world,
  });
  let retention: RunningRetention | undefined;
  const health = healthRoutes({
    service: 'tocsin',
    version: productVersion(),
    checks: [
      databaseCheck(database),
      ...dataChecks(data),
      retentionCheck(() => retention?.state()),
    ],
    metrics,
    metricsText: async () =>
      mergeMetrics([
        await metrics.text(),
        await dataMetrics(data),
        ...(await compat.metricsText()),
      ]),
    world,
  });
  const server = buildServer({
    service: 'tocsin',
    version: productVersion(),
    routes: [...services.routes, ...health],
    verifier: knownCallers,
    tenants,
    rates,
    corsOrigins: config.corsOrigins,
    trustedProxies: config.trustedProxies,
    log,
    metrics,
    world,
  });
  const consumers: Consumer[] = [];
  for (const { topic, group, handler } of services.consumers) {
    consumers.push(await bus.consumeLog(topic, group, handler));
  }
  for (const { topic, group, handler, options } of services.workers) {
    consumers.push(await bus.consumeWork(topic, group, handler, options));
  }
  const sealing = services.audit.start();
  const storage = new RemoteTenantStorage(home.internalSocket, internalToken);
  retention = startRetention({
    database,
    world,
    metrics,
    log: databaseLogOn(log),
    bus,
    storage,
    queues: services.consumers,
    auditKey,
    home,
  });
  await listenOn(server, config, log);
  runUnderSupervisor(log, async () => {
    services.live.close();
    await compat.close();
    await server.close();
    for (const consumer of consumers) await consumer.stop();
    await relay.stop();
    await retention?.stop();
    await storage.close();
    await sigmaRules.close();
    await sealing.stop();
    await events.close();
    await bus.close();
    await data.close();
    await database.close();
  });
}

/** The local issuer's public keys; none where tokens come from elsewhere. */
async function publicKeys(home: Home): Promise<readonly object[]> {
  try {
    const { keys } = JSON.parse(await readFile(join(home.keys, PUBLIC_KEYS_FILE), 'utf8')) as {
      keys: object[];
    };
    return keys;
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

await main();
