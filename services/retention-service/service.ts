import { sleep } from '@tocsin/kernel/clock.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import { deleteTenants } from './delete-tenants.ts';
import { expireTenants } from './expire-tenants.ts';
import type { RetentionDeps } from './retention-deps.ts';

/** How often deletions go on. */
const DELETION_MS = 5_000;

/** How often every tenant is looked at for what is too old. */
export const RETENTION_MS = 3_600_000;

/** The first pass comes a while after the start: a start has enough to do. */
const FIRST_RETENTION_MS = 60_000;

/** Removes data by age, and all data of tenants that are deleted. Runs in one process of an installation. */
export interface RetentionService {
  readonly name: string;
  start(): RunningRetention;
}

/** Retention at work. */
export interface RunningRetention {
  /** How the last pass over the tenants ended. */
  state(): RetentionState;
  stop(): Promise<void>;
}

/** How the last pass went; times in milliseconds since 1970. */
export interface RetentionState {
  /** When a pass was last whole; undefined: not since the start. */
  readonly passedAt: number | undefined;
  /** When one failed since then; undefined: none did. */
  readonly failedAt: number | undefined;
}

/** Composes the service; nothing runs before `start`. */
export function createRetentionService(
  deps: Omit<RetentionDeps, 'counters'> & { readonly metrics: Metrics },
): RetentionService {
  const counted = { ...deps, counters: retentionCounters(deps.metrics) };
  return { name: 'retention-service', start: () => run(counted) };
}

function run(deps: RetentionDeps): RunningRetention {
  const { world, log, counters } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  let last: RetentionState = { passedAt: undefined, failedAt: undefined };
  const expire = async (): Promise<void> => {
    try {
      const { failed } = await expireTenants(deps);
      const now = world.clock.now();
      last = failed === 0 ? { passedAt: now, failedAt: undefined } : { ...last, failedAt: now };
    } catch (error) {
      last = { ...last, failedAt: world.clock.now() };
      throw error;
    }
  };
  const every = async (firstMs: number, periodMs: number, pass: () => Promise<void>) => {
    await sleep(world.clock, firstMs, signal);
    while (!signal.aborted) {
      await pass().catch((error: unknown) => {
        counters.failed();
        log.warn({ error: String(error) }, 'retention cannot work now and tries again');
      });
      await sleep(world.clock, periodMs, signal);
    }
  };
  const running = Promise.all([
    every(DELETION_MS, DELETION_MS, () => deleteTenants(deps)),
    every(FIRST_RETENTION_MS, RETENTION_MS, expire),
  ]);
  return {
    state: () => last,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function retentionCounters(metrics: Metrics): RetentionDeps['counters'] {
  const removed = metrics.counter({
    name: 'tocsin_retention_removed_total',
    help: 'What retention removed because it was older than its tenant keeps it',
    labels: ['kind'],
  });
  const failed = metrics.counter({
    name: 'tocsin_retention_failures_total',
    help: 'Passes of retention or deletion over a tenant that failed and are tried again',
    labels: [],
  });
  const deleted = metrics.counter({
    name: 'tocsin_tenants_deleted_total',
    help: 'Tenants whose data is gone',
    labels: [],
  });
  return {
    removed: (kind, count) => removed.add({ kind }, count),
    failed: () => failed.add({}),
    deleted: () => deleted.add({}),
  };
}
