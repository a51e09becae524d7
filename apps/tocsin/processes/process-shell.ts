import { readFile } from 'node:fs/promises';
import { ApiKeyVerifier } from '@tocsin/auth/api-key-verifier.ts';
import { type CredentialVerifier, credentialVerifier } from '@tocsin/auth/credential-verifier.ts';
import { type KeyPepper, openPepper } from '@tocsin/auth/key-pepper.ts';
import { openVerifier } from '@tocsin/auth/open-verifier.ts';
import type { KeySetEvent } from '@tocsin/auth/remote-keys.ts';
import { identityOf } from '@tocsin/config/identity.ts';
import type { ConfigOf } from '@tocsin/config/load-config.ts';
import type { CONTROL_CONFIG, DATA_CONFIG } from '@tocsin/config/processes.ts';
import type { Database } from '@tocsin/database/database.ts';
import { openDatabase } from '@tocsin/database/postgres-database.ts';
import { openKeyDirectory } from '@tocsin/identity-service/key-directory.ts';
import { systemClock } from '@tocsin/kernel/clock.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { type Log, openLog } from '@tocsin/telemetry/log.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { defaultHomePath, type Home, homeAt, surroundings } from '../home.ts';
import { databaseLogOn } from '../supervisor/database-log.ts';
import type { PublishedDatabase } from '../supervisor/publish-database.ts';
import { keepCompiledCode } from './keep-compiled-code.ts';
import { stayAlive } from './stay-alive.ts';

/** Settings that every process has. */
type ProcessConfig =
  | ConfigOf<(typeof DATA_CONFIG)['settings']>
  | ConfigOf<(typeof CONTROL_CONFIG)['settings']>;

/** What a process of the product starts from. */
export interface ProcessShell {
  readonly home: Home;
  readonly world: World;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Tokens and API keys. */
  readonly verifier: CredentialVerifier;
  /** What the stored form of API keys is made with. */
  readonly pepper: KeyPepper;
  readonly database: Database;
  /** Credential by which this start's processes know each other. */
  readonly internalToken: string;
}

/** Opens what every process needs. The supervisor has made keys, credentials and the database before. */
export async function openShell(service: string, config: ProcessConfig): Promise<ProcessShell> {
  stayAlive();
  const home = homeAt(config.home ?? defaultHomePath(surroundings()));
  const world = systemWorld(config.failpoints);
  const log = openLog({ service, level: config.logLevel, clock: world.clock, pretty: false });
  const metrics = new Metrics(service, { process: true });
  const reportKeySet = keySetReporter(log, metrics);
  const tokens = await openVerifier(world, identityOf(config, home.keys), reportKeySet);
  const pepper = await openPepper(world, home.keys);
  const urls = JSON.parse(await readFile(home.databaseFile, 'utf8')) as PublishedDatabase;
  const database = await openDatabase({ urls, world, log: databaseLogOn(log) });
  const keys = new ApiKeyVerifier(
    openKeyDirectory(database, world, databaseLogOn(log)),
    pepper,
    world.clock,
  );
  const internalToken = (await readFile(home.internalTokenFile, 'utf8')).trim();
  return {
    home,
    world,
    log,
    metrics,
    verifier: credentialVerifier(tokens, keys),
    pepper,
    database,
    internalToken,
  };
}

/** Counts what happens to the issuer's key set; a flood of unknown key ids shows as `held_back`. */
function keySetReporter(log: Log, metrics: Metrics) {
  const events = metrics.counter({
    name: 'tocsin_auth_key_set_events_total',
    help: "Fetches of the issuer's key set (fetched, failed), and unknown keys that caused none (held_back)",
    labels: ['event'],
  });
  return (event: KeySetEvent, error?: unknown): void => {
    events.add({ event });
    if (event !== 'failed') return;
    log.warn('the keys of the token issuer could not be fetched; known ones serve on', {
      action: 'auth.fetch_keys',
      status: 'failed',
      error,
    });
  };
}

/**
 * Ties a process to its supervisor: says that it is ready, drains on SIGTERM and when the supervisor is gone, and
 * ends at once on a fault that must not be survived.
 */
export function runUnderSupervisor(log: Log, drain: () => Promise<void>): void {
  let draining: Promise<void> | undefined;
  const stop = (reason: string): void => {
    if (draining !== undefined) return;
    log.info('the process drains', { action: 'process.drain', reason });
    draining = drain().then(
      () => process.exit(0),
      (error: unknown) => endWith(log, error),
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => stop('the supervisor is gone'));
  process.send?.({ type: 'ready' });
  keepCompiledCode(systemClock);
}

/** Ends the process: after a failed write or a broken invariant nothing more may be acknowledged (design 4.1). */
export function endWith(log: Log, error: unknown): never {
  log.error('the process ends because of a fault', {
    action: 'process.end',
    status: 'failed',
    error,
  });
  process.exit(70);
}
