import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { sumOf } from './domain/sum-of.ts';
import { expireRows, listAgeing, putReport, type TenantRecord } from './records.ts';
import type { RetentionDeps } from './retention-deps.ts';
import type { Removed } from './tenant-storage.ts';

const DAY_MS = 24 * 3_600_000;

/** Tenants read at once. */
const PAGE_TENANTS = 200;

/** Rows of one kind removed in one transaction, and transactions of one pass over a tenant. */
const BATCH_ROWS = 5_000;
const BATCHES_MAX = 1_000;

/** Removes what every tenant keeps no longer. A tenant that fails does not hold up the others. */
export async function expireTenants(deps: RetentionDeps): Promise<{ readonly failed: number }> {
  let failed = 0;
  for (let after = ''; ; ) {
    const tenants = await deps.database.inPlatform((tx) => listAgeing(tx, after, PAGE_TENANTS));
    for (const tenant of tenants) {
      try {
        await expireTenant(deps, tenant);
      } catch (error) {
        failed += 1;
        deps.counters.failed();
        const members = { tenant_id: tenant.tenant_id, error: String(error) };
        deps.log.warn(members, 'retention could not remove what is old; the next pass tries again');
      }
    }
    const last = tenants.at(-1);
    if (last === undefined) return { failed };
    after = last.tenant_id;
  }
}

/** One pass over one tenant: stores first, then rows, then a row of the audit log that says what went. */
export async function expireTenant(deps: RetentionDeps, row: TenantRecord): Promise<Removed> {
  const { database, world, storage, counters } = deps;
  const tenant = systemContext(parseTenantId(row.tenant_id), 'retention');
  const now = world.clock.now();
  const stored = await storage.expire(tenant, {
    eventsBefore: now - row.retention_days * DAY_MS,
    archiveBefore: now - row.retention.archive_days * DAY_MS,
  });
  await deps.cutAudit(tenant, new Date(now - row.retention.audit_days * DAY_MS));
  const removed = sumOf(stored, await expireInBatches(deps, row.tenant_id));
  for (const [kind, count] of Object.entries(removed)) counters.removed(kind, count);
  await database.inPlatform((tx) =>
    putReport(tx, row.tenant_id, { at: new Date(now).toISOString(), removed }),
  );
  if (Object.values(removed).some((count) => count > 0)) {
    await database.inTenant(tenant, (tx) =>
      writeAudit(tx, tenant, {
        action: 'retention.expire',
        objectType: 'tenant',
        objectId: row.tenant_id,
        before: { retention_days: row.retention_days, ...row.retention },
        after: { removed },
        requestId: '',
      }),
    );
  }
  return removed;
}

async function expireInBatches(deps: RetentionDeps, tenantId: string): Promise<Removed> {
  let removed: Removed = {};
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const more = await deps.database.inPlatform((tx) => expireRows(tx, tenantId, BATCH_ROWS));
    removed = sumOf(removed, more);
    if (Object.values(more).every((count) => count === 0)) break;
  }
  return removed;
}
