import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { LogHandler } from '@tocsin/bus/event-bus.ts';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import {
  openTestDatabase,
  type TestDatabase,
  testTenant,
} from '@tocsin/database/testing/test-database.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { alertsScoredHandler } from '../consumers/alerts-scored.ts';
import {
  DAY,
  HOUR,
  logEntries,
  type RecordingAssignment,
  recordingAssignment,
} from './scored-alerts.ts';

/** A correlator on a database of its own, with a clock that tests move. */
export interface CorrelateBench {
  readonly db: TestDatabase;
  readonly clock: ManualClock;
  readonly world: World;
  readonly metrics: Metrics;
  readonly handler: LogHandler;
  /** Handles frames of alerts, each list one frame. */
  send(
    frames: readonly (readonly (ScoredAlert | string)[])[],
    tenant?: string,
  ): Promise<RecordingAssignment>;
  /** Reads or writes rows as the product does. */
  sql<Result>(work: (tx: TenantTransaction) => Promise<Result>, tenant?: string): Promise<Result>;
  tenant(tenantId?: string): TenantContext;
}

/** Opens a database, at one in the afternoon of the test alerts' day. */
export async function openCorrelateBench(): Promise<CorrelateBench> {
  const db = await openTestDatabase();
  const clock = new ManualClock(DAY + 13 * HOUR);
  const world = { ...systemWorld(), clock };
  const metrics = new Metrics('correlate-service');
  const handler = alertsScoredHandler({ database: db.database, world, metrics });
  return {
    db,
    clock,
    world,
    metrics,
    handler,
    tenant: testTenant,
    async send(frames, tenant) {
      const assignment = recordingAssignment();
      await handler.handle(logEntries(frames, tenant), assignment);
      return assignment;
    },
    sql: (work, tenant) => db.database.inTenant(testTenant(tenant), work),
  };
}
