import type { RetentionReport, TenantDeletion } from '@tocsin/contracts/tenant.ts';
import type { PlatformTransaction } from '@tocsin/database/database.ts';
import type { TenantRow } from '@tocsin/database/tables.ts';
import { type Selectable, sql } from 'kysely';
import type { Removed } from './tenant-storage.ts';

/** One row of `platform.tenants`. */
export type TenantRecord = Selectable<TenantRow>;

/** Tenants whose data ages, by id, above `after`. */
export function listAgeing(
  tx: PlatformTransaction,
  after: string,
  limit: number,
): Promise<TenantRecord[]> {
  return tx
    .selectFrom('tenants')
    .selectAll()
    .where('tenant_id', '>', after)
    .where('status', 'in', ['active', 'suspended'])
    .orderBy('tenant_id')
    .limit(limit)
    .execute();
}

/** Tenants that are being deleted. */
export function listDeleting(tx: PlatformTransaction): Promise<TenantRecord[]> {
  return tx
    .selectFrom('tenants')
    .selectAll()
    .where('status', '=', 'deleting')
    .orderBy('tenant_id')
    .execute();
}

/** Removes rows of a tenant that are older than it keeps them, at most `limit` of each kind. */
export async function expireRows(
  tx: PlatformTransaction,
  tenantId: string,
  limit: number,
): Promise<Removed> {
  const { rows } = await sql<{ removed: Removed }>`
    select platform.expire_tenant(${tenantId}, ${limit}) as removed`.execute(tx);
  return rows[0]?.removed ?? {};
}

/** Removes every row of a tenant that is being deleted; may take as long as it needs. */
export async function purgeRows(tx: PlatformTransaction, tenantId: string): Promise<Removed> {
  await sql`select set_config('statement_timeout', '0', true)`.execute(tx);
  const { rows } = await sql<{ removed: Removed }>`
    select platform.purge_tenant(${tenantId}) as removed`.execute(tx);
  return rows[0]?.removed ?? {};
}

/** Keeps what the last pass removed. It is no change of the tenant: its revision stays. */
export async function putReport(
  tx: PlatformTransaction,
  tenantId: string,
  report: RetentionReport,
): Promise<void> {
  await tx
    .updateTable('tenants')
    .set({ last_retention: JSON.stringify(report) })
    .where('tenant_id', '=', tenantId)
    .execute();
}

/** Keeps how far a deletion is. */
export async function putDeletion(
  tx: PlatformTransaction,
  tenantId: string,
  deletion: TenantDeletion,
): Promise<void> {
  await tx
    .updateTable('tenants')
    .set({ deletion: JSON.stringify(deletion) })
    .where('tenant_id', '=', tenantId)
    .execute();
}

/** Ends a deletion. Of the tenant only the id and the record of its deletion stay: ids are never given again. */
export async function putDeleted(
  tx: PlatformTransaction,
  tenantId: string,
  deletion: TenantDeletion,
): Promise<void> {
  await tx
    .updateTable('tenants')
    .set({
      status: 'deleted',
      name: tenantId,
      branding: '{}',
      quota: '{}',
      last_retention: null,
      deletion: JSON.stringify(deletion),
      updated_at: sql<Date>`now()`,
      version: sql<number>`version + 1`,
    })
    .where('tenant_id', '=', tenantId)
    .execute();
}
