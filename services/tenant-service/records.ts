import type { Principal } from '@tocsin/auth/principal.ts';
import { writePlatformAudit } from '@tocsin/database/audit.ts';
import type { PlatformTransaction } from '@tocsin/database/database.ts';
import { brokenConstraint } from '@tocsin/database/database-problem.ts';
import type { TenantRow } from '@tocsin/database/tables.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { type Selectable, sql } from 'kysely';
import {
  auditedTenant,
  changedColumns,
  type NewTenant,
  newColumns,
  type TenantChange,
} from './domain/tenant.ts';

/** One row of `platform.tenants`. */
export type TenantRecord = Selectable<TenantRow>;

/** Who asked for a change, for the audit row. */
export interface ChangeAuthor {
  readonly principal: Principal;
  readonly requestId: string;
}

/**
 * Adds a tenant and its audit row.
 *
 * @throws Problem `conflict` when the id is or was in use: ids are never given again
 */
export async function insertTenant(
  tx: PlatformTransaction,
  tenant: NewTenant,
  author: ChangeAuthor,
): Promise<TenantRecord> {
  const by = author.principal.subject;
  const row = await tx
    .insertInto('tenants')
    .values({ ...newColumns(tenant), created_by: by, modified_by: by })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      throw brokenConstraint(error) === 'tenants_pkey' ? taken(tenant.tenant_id, error) : error;
    });
  await writePlatformAudit(tx, author.principal, row.tenant_id, {
    action: 'tenant.create',
    objectType: 'tenant',
    objectId: row.tenant_id,
    before: null,
    after: auditedTenant(row),
    requestId: author.requestId,
  });
  return row;
}

function taken(tenantId: string, cause: unknown): Problem {
  return new Problem('conflict', {
    detail: `the tenant id ${tenantId} is taken; ids are never given twice, so choose another`,
    cause,
  });
}

/** Changes a row that the caller has locked, with its audit row. */
export async function updateTenant(
  tx: PlatformTransaction,
  before: TenantRecord,
  change: TenantChange,
  author: ChangeAuthor,
): Promise<TenantRecord> {
  const after = await tx
    .updateTable('tenants')
    .set({
      ...changedColumns(before, change),
      modified_by: author.principal.subject,
      updated_at: sql<Date>`now()`,
      version: before.version + 1,
    })
    .where('tenant_id', '=', before.tenant_id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await writePlatformAudit(tx, author.principal, before.tenant_id, {
    action: actionOf(before, after),
    objectType: 'tenant',
    objectId: before.tenant_id,
    before: auditedTenant(before),
    after: auditedTenant(after),
    requestId: author.requestId,
  });
  return after;
}

/** Suspending and resuming have names of their own: they are what people look for in the log. */
function actionOf(before: TenantRecord, after: TenantRecord): string {
  if (before.status === after.status) return 'tenant.update';
  return after.status === 'suspended' ? 'tenant.suspend' : 'tenant.resume';
}

/** Puts a locked tenant into deletion. From here on only the job changes it. */
export async function requestDeletion(
  tx: PlatformTransaction,
  before: TenantRecord,
  author: ChangeAuthor,
): Promise<TenantRecord> {
  const by = author.principal.subject;
  const after = await tx
    .updateTable('tenants')
    .set({
      status: 'deleting',
      deletion: sql<string>`jsonb_build_object('requested_at', ${sql.raw(WIRE_NOW)}, 'requested_by', ${by}::text,
        'step', 'requested', 'detail', 'waits for its turn', 'removed', '{}'::jsonb, 'finished_at', null)`,
      modified_by: by,
      updated_at: sql<Date>`now()`,
      version: before.version + 1,
    })
    .where('tenant_id', '=', before.tenant_id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await writePlatformAudit(tx, author.principal, before.tenant_id, {
    action: 'tenant.delete',
    objectType: 'tenant',
    objectId: before.tenant_id,
    before: auditedTenant(before),
    after: auditedTenant(after),
    requestId: author.requestId,
  });
  return after;
}

/** The time of the transaction as it is on the wire. */
const WIRE_NOW = `to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A tenant, whatever its status. */
export function findTenant(
  tx: PlatformTransaction,
  tenantId: string,
): Promise<TenantRecord | undefined> {
  return tx.selectFrom('tenants').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst();
}

/** A tenant whose row nobody else can change until the transaction ends. */
export function lockTenant(
  tx: PlatformTransaction,
  tenantId: string,
): Promise<TenantRecord | undefined> {
  return tx
    .selectFrom('tenants')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .forUpdate()
    .executeTakeFirst();
}

/** Up to `limit` tenants with ids above `after`, by id. */
export function listTenants(
  tx: PlatformTransaction,
  limit: number,
  after: string | undefined,
): Promise<TenantRecord[]> {
  let query = tx.selectFrom('tenants').selectAll().orderBy('tenant_id').limit(limit);
  if (after !== undefined) query = query.where('tenant_id', '>', after);
  return query.execute();
}

/** What a client is told when there is no such tenant. */
export function unknownTenant(tenantId: string): Problem {
  return new Problem('not_found', { detail: `there is no tenant ${tenantId}` });
}
