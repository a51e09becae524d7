import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ApiKeyVerifier } from '@tocsin/auth/api-key-verifier.ts';
import { credentialVerifier } from '@tocsin/auth/credential-verifier.ts';
import { KeyPepper } from '@tocsin/auth/key-pepper.ts';
import { type LocalIssuer, openLocalIssuer } from '@tocsin/auth/local-issuer.ts';
import { TokenVerifier } from '@tocsin/auth/token-verifier.ts';
import type { Frame } from '@tocsin/bus/frame.ts';
import { openLmdbEventBus } from '@tocsin/bus/lmdb/open-lmdb-event-bus.ts';
import { createCompatService, tenantFromCredential } from '@tocsin/compat-service/service.ts';
import { answerUnprocessable } from '@tocsin/compat-service/unprocessable.ts';
import { DEFAULT_QUOTA } from '@tocsin/contracts/tenant-quota.ts';
import { setAlertStatus } from '@tocsin/correlate-service/alert-status.ts';
import { openTestDatabase, type TestDatabase } from '@tocsin/database/testing/test-database.ts';
import { healthRoutes } from '@tocsin/http/health.ts';
import type { Route, RouteReply } from '@tocsin/http/route.ts';
import { buildServer, type HttpServer } from '@tocsin/http/server.ts';
import { openKeyDirectory } from '@tocsin/identity-service/key-directory.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { MemorySearchStore } from '@tocsin/search/memory/memory-search-store.ts';
import { openLog } from '@tocsin/telemetry/log.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { openTenantDirectory } from '@tocsin/tenant-service/tenant-directory.ts';
import { Pool } from 'undici';
import {
  type ControlParts,
  type ControlServices,
  composeControl,
} from '../../apps/tocsin/processes/control-services.ts';
import { composeData, type DataParts } from '../../apps/tocsin/processes/data-services.ts';
import { withAbsentParts } from '../../apps/tocsin/processes/testing/absent-part.ts';

/**
 * Both processes of the product in this one, composed as they are: real PostgreSQL under row-level security, real bus,
 * real tokens, keys and logs. Only the event store is the one in memory, and no quota refuses what a test sends.
 */
export interface House {
  readonly db: TestDatabase;
  readonly server: HttpServer;
  /** The ports for older clients, each a server of its own. */
  readonly compat: readonly CompatPort[];
  readonly services: ControlServices;
  readonly events: MemorySearchStore;
  readonly issuer: LocalIssuer;
  /** The same issuer two hours ago: what it mints for an hour has expired. */
  readonly pastIssuer: LocalIssuer;
  /** What the processes logged since it was asked last, at level debug. */
  takeLog(): readonly string[];
  /** What they sent to the bus since it was asked last. */
  takeFrames(): readonly Frame[];
  metricsText(): Promise<string>;
  close(): Promise<void>;
}

/** A port for older clients. */
export interface CompatPort {
  readonly routes: readonly Route[];
  readonly server: HttpServer;
}

/** What a house may be given. */
export interface HouseOptions {
  /** Connections to PostgreSQL of the role `app`; default 4. */
  readonly connectionsMax?: number;
  /** Takes the routes of the gateway and gives those that are served. */
  readonly mutate?: (routes: readonly Route[]) => readonly Route[];
}

const HOURS_AGO = 2 * 3_600_000;

/** How long a live stream is listened to, milliseconds. */
const LISTEN_MS = 20;

/** A route whose answer ends: what a live stream says at first is the whole answer. */
function withEnd(route: Route): Route {
  if (!route.path.endsWith('/stream')) return route;
  const handle = route.handle as (...args: unknown[]) => Promise<RouteReply>;
  return {
    ...route,
    handle: async (...args: unknown[]) => {
      const reply = await handle(...args);
      if (!(reply.body instanceof Readable)) return reply;
      const heard: Buffer[] = [];
      reply.body.on('data', (bytes: Buffer) => heard.push(Buffer.from(bytes)));
      await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
      reply.body.destroy();
      return { ...reply, body: Buffer.concat(heard) };
    },
  } as unknown as Route;
}

/** Opens a house without tenants. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-house-'));
  const world = systemWorld();
  const db = await openTestDatabase({ connectionsMax: options.connectionsMax ?? 4 });
  const { database } = db;
  const metrics = new Metrics('house');
  const logLines: string[] = [];
  const log = openLog({
    service: 'house',
    level: 'debug',
    clock: world.clock,
    pretty: false,
    write: (line) => logLines.push(line),
  });
  const issuer = await openLocalIssuer(world, join(folder, 'keys'), 'tocsin');
  const past: World = { ...world, clock: new ManualClock(world.clock.now() - HOURS_AGO) };
  const pastIssuer = await openLocalIssuer(past, join(folder, 'keys'), 'tocsin');
  const pepper = new KeyPepper(world.random.bytes(32));
  const bus = await openLmdbEventBus({
    folder: join(folder, 'bus'),
    world,
    onFatal: (error) => {
      throw error;
    },
    readDiskSpace: async () => ({ freeBytes: 50, totalBytes: 100 }),
  });
  const frames: Frame[] = [];
  const publish = bus.publish.bind(bus);
  bus.publish = (sent) => {
    frames.push(...sent);
    return publish(sent);
  };
  const common = {
    version: '0.0.0',
    verifier: credentialVerifier(
      new TokenVerifier([issuer.trusted()], world.clock),
      new ApiKeyVerifier(openKeyDirectory(database, world), pepper, world.clock),
    ),
    tenants: openTenantDirectory(database, world),
    log,
    metrics,
    world,
  };
  const noFrames = async () => [];
  const dataRoutes = composeData(
    withAbsentParts<DataParts>({
      bus,
      world,
      receiptKey: Buffer.alloc(32, 7),
      findOutcomes: noFrames,
    }),
  ).routes;
  const dataMetrics = new Metrics('data');
  const dataServer = buildServer({
    ...common,
    metrics: dataMetrics,
    service: 'data',
    routes: dataRoutes,
  });
  const socketPath = join(folder, 'data.sock');
  await dataServer.listen({ socketPath });
  const data = new Pool('http://data', { socketPath, connections: 16 });
  const events = new MemorySearchStore(world.clock);
  const keys = generateKeyPairSync('ed25519');
  const services = composeControl(
    withAbsentParts<ControlParts>({
      database,
      bus,
      data,
      events,
      world,
      metrics,
      pepper,
      login: undefined,
      sigmaRules: async () => [],
      deferredRules: async () => ({ rules: [], waiting: [] }),
      auditKey: { id: 'test', ...keys },
      auditHeadsFolder: join(folder, 'heads'),
      defaultQuota: DEFAULT_QUOTA,
      committed: () => undefined,
      publicKeys: async () => issuer.jwks().keys,
    }),
  );
  const health = healthRoutes({ service: 'house', version: '0.0.0', checks: [], metrics, world });
  const routes = [...services.routes.map(withEnd), ...health];
  const server = buildServer({
    ...common,
    service: 'house',
    routes: options.mutate?.(routes) ?? routes,
  });
  await server.app.ready();
  const older = createCompatService({
    database,
    data,
    events,
    world,
    setAlertStatus: (...asked) => setAlertStatus({ database, world }, ...asked),
  });
  const compat: CompatPort[] = [];
  for (const own of [older.ingestRoutes, older.alertRoutes]) {
    const port = buildServer({
      ...common,
      verifier: tenantFromCredential(common.verifier),
      metrics: new Metrics('compat'),
      service: 'compat',
      routes: own,
    });
    answerUnprocessable(port);
    await port.app.ready();
    compat.push({ routes: own, server: port });
  }
  return {
    db,
    server,
    compat,
    services,
    events,
    issuer,
    pastIssuer,
    takeLog: () => logLines.splice(0),
    takeFrames: () => frames.splice(0),
    metricsText: async () => (await metrics.text()) + (await dataMetrics.text()),
    async close() {
      await server.close(0);
      for (const port of compat) await port.server.close(0);
      await data.close();
      await dataServer.close(0);
      await bus.close();
      await db.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
