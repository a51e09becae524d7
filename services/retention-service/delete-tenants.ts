import type { Principal } from '@tocsin/auth/principal.ts';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantDeletion } from '@tocsin/contracts/tenant.ts';
import { writePlatformAudit } from '@tocsin/database/audit.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { sumOf } from './domain/sum-of.ts';
import { listDeleting, purgeRows, putDeleted, putDeletion, type TenantRecord } from './records.ts';
import type { RetentionDeps } from './retention-deps.ts';

/** Requests that were let in before the deletion are over by then: a server believes for 5 s that a tenant is active. */
const QUIET_MS = 10_000;

/** Goes on with every deletion as far as it can now. A tenant that fails does not hold up the others. */
export async function deleteTenants(deps: RetentionDeps): Promise<void> {
  for (const row of await deps.database.inPlatform(listDeleting)) {
    try {
      await deleteTenant(deps, row);
    } catch (error) {
      deps.counters.failed();
      const members = { tenant_id: row.tenant_id, error: String(error) };
      deps.log.warn(members, 'the deletion of a tenant is interrupted and will be tried again');
    }
  }
}

/**
 * One pass over one deletion. Every step may be repeated, so a crash anywhere repeats work:
 * wait until nothing new comes and what came is read; remove it from windows, event store, archive and bus, then from
 * PostgreSQL, where reading it may have put more; repeat until no file of the bus has any of it.
 */
export async function deleteTenant(deps: RetentionDeps, row: TenantRecord): Promise<void> {
  const { database, world, storage } = deps;
  const tenantId = parseTenantId(row.tenant_id);
  const tenant = systemContext(tenantId, 'retention');
  const { deletion } = row;
  assert(deletion !== null, 'a tenant that is being deleted has a deletion');
  const told = (part: Partial<TenantDeletion>): Promise<void> =>
    database.inPlatform((tx) => putDeletion(tx, tenantId, { ...deletion, ...part }));
  if (world.clock.now() - Date.parse(deletion.requested_at) < QUIET_MS) return;
  const waiting = await framesWaiting(deps, tenantId);
  if (waiting > 0) {
    return told({ step: 'draining', detail: `${waiting} frames on the bus are still being read` });
  }
  await told({ step: 'erasing', detail: 'windows, events, raw lines, frames and rows go' });
  const { removed: stored, framesLeft } = await storage.erase(tenant);
  const rows = await database.inPlatform((tx) => purgeRows(tx, tenantId));
  await deps.forgetAudit(tenant);
  const removed = sumOf(deletion.removed, stored, rows);
  if (framesLeft > 0) {
    const detail = `${framesLeft} frames lie in files of the bus that other tenants still need`;
    return told({ step: 'unlinking', detail, removed });
  }
  await told({ step: 'unlinking', detail: 'PostgreSQL writes its files anew', removed });
  await deps.compactDatabase();
  await finish(deps, row, { ...deletion, removed });
}

/** The tombstone, and in the platform's log what was removed: it outlives the tenant. */
async function finish(
  deps: RetentionDeps,
  row: TenantRecord,
  deletion: TenantDeletion,
): Promise<void> {
  const { database, world, counters, log } = deps;
  const now = world.clock.now();
  const done: TenantDeletion = {
    ...deletion,
    step: 'done',
    detail: 'nothing of the tenant is left but its id',
    finished_at: new Date(now).toISOString(),
  };
  const system: Principal = {
    subject: 'system:retention',
    tenantId: undefined,
    role: 'platform_admin',
    expiresAt: now,
  };
  await database.inPlatform(async (tx) => {
    await putDeleted(tx, row.tenant_id, done);
    await writePlatformAudit(tx, system, row.tenant_id, {
      action: 'tenant.erase',
      objectType: 'tenant',
      objectId: row.tenant_id,
      before: { status: row.status, requested_by: deletion.requested_by },
      after: { status: 'deleted', removed: deletion.removed },
      requestId: '',
    });
  });
  counters.deleted();
  log.info({ tenant_id: row.tenant_id, removed: deletion.removed }, 'a tenant is deleted');
}

/** Frames of the tenant that some consumer has not read to the end. */
async function framesWaiting(deps: RetentionDeps, tenantId: string): Promise<number> {
  let frames = 0;
  for (const { topic, group } of deps.queues) {
    const { tenants } = await deps.bus.depth(topic, group);
    frames += tenants.find((depth) => depth.tenantId === tenantId)?.frames ?? 0;
  }
  return frames;
}
