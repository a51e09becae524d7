import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { Assignment, LogEntry, LogHandler, LogPosition } from '@tocsin/bus/event-bus.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import { type CorrelateCounters, correlateCounters } from '../correlate-counters.ts';
import type { CorrelationPlan, IncomingAlert } from '../domain/correlation-plan.ts';
import { parseScoredAlert } from '../domain/parse-scored-alert.ts';
import { planCorrelation } from '../domain/plan-correlation.ts';
import { applyPlan } from '../records/apply-plan.ts';
import { loadKnownState, lockCorrelation } from '../records/load-known-state.ts';

/** The group under which the correlator reads `alerts.scored`. */
export const CORRELATE_GROUP = 'correlate';

/** Most alerts of one transaction: it locks what it changes, so it stays short. */
export const TRANSACTION_ALERTS_MAX = 1000;

/** What the consumer needs. */
export interface AlertsScoredParts {
  readonly database: Database;
  readonly world: World;
  readonly metrics: Metrics;
  /** Called after each commit that wrote to the outbox, so that the relay need not wait for its poll. */
  readonly committed?: () => void;
}

/**
 * Turns frames of `alerts.scored` into alerts, incidents and cases (design 3.8): per tenant in frame order, each
 * batch in one transaction, and only then the cursor moves. Delivered again, a batch finds its revisions stored and
 * changes nothing. An item that is no alert is parked with its reason.
 */
export function alertsScoredHandler(parts: AlertsScoredParts): LogHandler {
  const counters = correlateCounters(parts.metrics);
  return {
    async handle(entries, assignment) {
      for (const [tenantId, batch] of byTenant(entries)) {
        const alerts = await parseEntries(tenantId, batch, assignment, counters);
        for (let start = 0; start < alerts.length; start += TRANSACTION_ALERTS_MAX) {
          const part = alerts.slice(start, start + TRANSACTION_ALERTS_MAX);
          await correlate(parts, counters, tenantId, part);
        }
        parts.world.failpoint('correlate.after-commit');
        await assignment.commit(finished(batch));
      }
    },
  };
}

/** One batch of one tenant, in one transaction. */
async function correlate(
  parts: AlertsScoredParts,
  counters: CorrelateCounters,
  tenantId: TenantId,
  alerts: readonly IncomingAlert[],
): Promise<void> {
  const tenant = systemContext(tenantId, 'correlate');
  const plan = await parts.database.inTenant(tenant, async (tx): Promise<CorrelationPlan> => {
    await lockCorrelation(tx, tenant);
    const now = new Date(parts.world.clock.now());
    const known = await loadKnownState(tx, tenant, alerts, now);
    const decided = planCorrelation(tenantId, alerts, known, now.getTime());
    if (decided.alerts.length > 0) await applyPlan(tx, tenant, decided, now);
    return decided;
  });
  counters.count(plan);
  if (plan.triggered.length + plan.joins.length > 0) parts.committed?.();
}

async function parseEntries(
  tenantId: TenantId,
  entries: readonly LogEntry[],
  assignment: Assignment,
  counters: CorrelateCounters,
): Promise<readonly IncomingAlert[]> {
  const alerts: IncomingAlert[] = [];
  for (const entry of entries) {
    for (const [index, line] of lines(entry).entries()) {
      const parsed = parseScoredAlert(line, tenantId);
      if (parsed.kind === 'alert') {
        alerts.push(parsed.incoming);
        continue;
      }
      counters.parked();
      await assignment.deadLetter(entry, entry.firstOrdinal + index, parsed.reason);
    }
  }
  return alerts;
}

function lines({ frame }: LogEntry): readonly string[] {
  return frame.count === 0 ? [] : frame.body.toString('utf8').split('\n');
}

function byTenant(entries: readonly LogEntry[]): ReadonlyMap<TenantId, readonly LogEntry[]> {
  const tenants = new Map<TenantId, LogEntry[]>();
  for (const entry of entries) {
    const batch = tenants.get(entry.position.tenantId);
    if (batch === undefined) tenants.set(entry.position.tenantId, [entry]);
    else batch.push(entry);
  }
  return tenants;
}

/** Where the cursors may stand: behind every frame of which no further part follows. */
function finished(entries: readonly LogEntry[]): readonly LogPosition[] {
  return entries.filter((entry) => entry.more !== true).map((entry) => entry.position);
}
