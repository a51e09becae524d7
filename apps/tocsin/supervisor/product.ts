import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Problem } from '@tocsin/kernel/problem.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import type { Home } from '../home.ts';
import { productVersion } from '../version.ts';
import { BundledDatabase } from './bundled-database.ts';
import { childEnvironment } from './child-environment.ts';
import { externalDatabase } from './external-database.ts';
import { findHolder } from './lock.ts';
import type { LogStream } from './log-stream.ts';
import type { ProcessPlan } from './managed-process.ts';
import { isLoopback, type SupervisorSettings } from './settings.ts';
import { type StartProgress, Supervisor } from './supervisor.ts';
import { AUDIENCE_DEFAULT, closedTokenDesk, openTokenDesk, type TokenDesk } from './token-desk.ts';

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
 * @throws Problem when the port is taken or the local issuer would be open to other machines
 */
export async function openProduct(options: ProductOptions): Promise<Supervisor> {
  const { home, settings, log, progress } = options;
  // Who holds the home also holds the port, and is the better explanation.
  if ((await findHolder(home)) === undefined) await requireFreePort(settings);
  requireSafeIssuer(settings);
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
        : externalDatabase(databaseUrl, home, world, log),
    plans: PROCESSES.map((name) => planOf(name, home, settings)),
    openTokenDesk: () => deskOf(options),
  });
}

function planOf(name: string, home: Home, settings: SupervisorSettings): ProcessPlan {
  return {
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL(`../processes/${name}.ts`, import.meta.url))],
    readyTimeoutMs: READY_MS_MAX,
    environment: () =>
      childEnvironment(process.env, {
        TOCSIN_HOME: home.root,
        TOCSIN_PORT: String(settings.port),
        TOCSIN_HOST: settings.listenHost,
        TOCSIN_LOG_LEVEL: settings.logLevel,
        TOCSIN_JWT_AUDIENCE: settings.audience ?? AUDIENCE_DEFAULT,
      }),
  };
}

function deskOf({ home, settings, log }: ProductOptions): Promise<TokenDesk> {
  const { externalIssuer, audience } = settings;
  if (externalIssuer !== undefined) {
    const why = `tokens of this Tocsin come from ${externalIssuer}: get one there and set TOCSIN_TOKEN.`;
    return Promise.resolve(closedTokenDesk(why));
  }
  return openTokenDesk(home, systemWorld(), log.own, audience ?? AUDIENCE_DEFAULT);
}

/** Whoever reaches an admin socket is trusted; whoever reaches a network port is not (design 6). */
function requireSafeIssuer({
  externalIssuer,
  listenHost,
  localIssuerForced,
}: SupervisorSettings): void {
  if (externalIssuer !== undefined || isLoopback(listenHost) || localIssuerForced) return;
  throw new Problem('invalid_request', {
    detail:
      `TOCSIN_HOST is ${listenHost}, so other machines would reach a Tocsin that signs its own tokens. ` +
      'Set TOCSIN_JWT_ISSUER and its keys, or TOCSIN_LOCAL_ISSUER=on if that is what you want.',
  });
}

async function requireFreePort({ port, listenHost }: SupervisorSettings): Promise<void> {
  const fault = await portFault(port, listenHost);
  if (fault === undefined) return;
  throw new Problem('conflict', {
    detail: `port ${port} of ${listenHost} cannot be used (${fault}). Give another with --port, or stop what uses it.`,
  });
}

/** Why a port cannot be listened on, as the system's code; `undefined` when it can. Port 0 finds a free one. */
export function portFault(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

/** A port of loopback that nobody uses at this moment. */
export function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
