import { fileURLToPath } from 'node:url';
import { usesLocalIssuer } from '@tocsin/config/processes.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import type { Home } from '../home.ts';
import { productVersion } from '../version.ts';
import { auditToken } from './audit-token.ts';
import { BundledDatabase } from './bundled-database.ts';
import { childEnvironment } from './child-environment.ts';
import { externalDatabase } from './external-database.ts';
import { findHolder } from './lock.ts';
import type { LogStream } from './log-stream.ts';
import type { ProcessPlan } from './managed-process.ts';
import { portFault } from './ports.ts';
import type { SupervisorSettings } from './settings.ts';
import { type StartProgress, Supervisor } from './supervisor.ts';
import { closedTokenDesk, openTokenDesk, type TokenDesk } from './token-desk.ts';

/** What a run of the whole product needs. */
export interface ProductOptions {
  readonly home: Home;
  readonly settings: SupervisorSettings;
  readonly log: LogStream;
  readonly progress: StartProgress;
}

/** Recovery after a crash replays what was not applied; that is part of a start. */
const READY_MS_MAX = 180_000;

/** Node processes in the order of their start: data first, because control talks to it. */
const PROCESSES = ['data', 'control'] as const;

/**
 * Checks what can be checked before anything is started, then builds the supervisor of the all-in-one product.
 *
 * @throws Problem `conflict` when the port is taken
 */
export async function openProduct(options: ProductOptions): Promise<Supervisor> {
  const { home, settings, log, progress } = options;
  // Who holds the home also holds the port, and is the better explanation.
  if ((await findHolder(home)) === undefined) await requireFreePort(settings);
  const world = systemWorld();
  const { databaseUrl, port } = settings;
  return new Supervisor({
    home,
    port,
    version: productVersion(),
    world,
    log,
    progress,
    database:
      databaseUrl === undefined
        ? new BundledDatabase({ home, world, log })
        : externalDatabase(databaseUrl.reveal(), home, world, log),
    plans: PROCESSES.map((name) => planOf(name, home, settings)),
    openTokenDesk: () => deskOf(options),
  });
}

/** A planned crash happens once: the process must then come back, which is what the plan is for. */
const NO_PLANNED_CRASH = { TOCSIN_FAILPOINTS: '' };

/** Browsers talk to control; nobody else redeems codes of the identity provider. */
const NO_LOGIN_SECRET = { TOCSIN_OIDC_CLIENT_SECRET: '', TOCSIN_OIDC_CLIENT_SECRET_FILE: '' };

/**
 * Bodies of requests are memory outside V8's heap, and by default every 64 MB of it starts a full collection, although
 * the heap itself is small. Counted as part of the heap, and with a heap that may grow by these percents in between,
 * the gateway takes a third less CPU and data a fifth less (measured).
 */
const growing = (percent: number): readonly string[] => [
  '--external-memory-accounted-in-global-limit',
  `--heap-growing-percent=${percent}`,
];

/**
 * Parsing makes much short-lived garbage. With a larger young generation less of it is copied, and on two cores the
 * helper threads of a parallel collector only take time from the other process (measured: a fifth of the CPU). V8 must
 * not guess which objects live long and make those old at once: when it guesses so of events, dead old ones keep young
 * text alive, and each young collection copies it (in three of four runs, then 20 ms each instead of 3).
 *
 * The gateway is the other way round: little heap, and up to 400 MB of bodies a second under a flood. A small young
 * generation lets go of them soon, and marking at once rather than in steps keeps none that died meanwhile: 250 MB under
 * such a flood instead of 1,300, and no more CPU (measured). Its heap of some 50 MB is marked in less than 0.1 s.
 */
const NODE_FLAGS: Readonly<Record<string, readonly string[]>> = {
  data: [
    '--max-semi-space-size=32',
    '--single-threaded-gc',
    '--no-allocation-site-pretenuring',
    ...growing(60),
  ],
  control: [
    '--max-semi-space-size=4',
    '--single-threaded-gc',
    '--no-incremental-marking',
    ...growing(40),
  ],
};

function planOf(name: string, home: Home, settings: SupervisorSettings): ProcessPlan {
  return {
    name,
    command: process.execPath,
    args: [
      ...(NODE_FLAGS[name] ?? []),
      fileURLToPath(new URL(`../processes/${name}.ts`, import.meta.url)),
    ],
    readyTimeoutMs: READY_MS_MAX,
    environment: (starts) =>
      childEnvironment(process.env, {
        NODE_COMPILE_CACHE: home.cache,
        // Each log of the bus holds a thread of the pool while it syncs; compression and DuckDB need others.
        UV_THREADPOOL_SIZE: '8',
        TOCSIN_HOME: home.root,
        TOCSIN_PORT: String(settings.port),
        TOCSIN_HOST: settings.host,
        TOCSIN_LOG_LEVEL: settings.logLevel,
        TOCSIN_JWT_AUDIENCE: settings.jwtAudience,
        ...tlsOf(settings),
        ...(starts === 0 ? {} : NO_PLANNED_CRASH),
        ...(name === 'control' ? {} : NO_LOGIN_SECRET),
      }),
  };
}

/** Paths as this process understood them: a child may work in another folder. */
function tlsOf({ tlsCertFile, tlsKeyFile, tlsPort }: SupervisorSettings): Record<string, string> {
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return {};
  return {
    TOCSIN_TLS_CERT_FILE: tlsCertFile,
    TOCSIN_TLS_KEY_FILE: tlsKeyFile,
    TOCSIN_TLS_PORT: String(tlsPort),
  };
}

function deskOf({ home, settings, log }: ProductOptions): Promise<TokenDesk> {
  if (usesLocalIssuer(settings)) {
    const world = systemWorld();
    return openTokenDesk({
      home,
      world,
      log: log.own,
      audience: settings.jwtAudience,
      audit: (order) => auditToken(home, world, order),
    });
  }
  const why = `tokens of this Tocsin come from ${settings.jwtIssuer}: get one there and set TOCSIN_TOKEN.`;
  return Promise.resolve(closedTokenDesk(why));
}

async function requireFreePort({ port, host }: SupervisorSettings): Promise<void> {
  const fault = await portFault(port, host);
  if (fault === undefined) return;
  throw new Problem('conflict', {
    detail: `port ${port} of ${host} cannot be used (${fault}). Give another with --port, or stop what uses it.`,
  });
}
