import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { type CaseStatus, OPEN_CASE_STATUSES } from '@tocsin/contracts/case.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { behindPosition, type RowPosition } from '@tocsin/database/records/behind-position.ts';
import type { CaseTable } from '@tocsin/database/workflow-tables.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { type Selectable, sql, type Updateable } from 'kysely';
import type { Idempotency } from './domain/idempotency.ts';

/** A case as stored. */
export type CaseRow = Selectable<CaseTable>;

/** A page to read: behind a cursor, then past an offset. */
export interface PageAsked {
  readonly limit: number;
  readonly offset: number;
  readonly after: RowPosition | undefined;
}

/** What a list of cases is narrowed to. */
export interface CaseFilter {
  readonly status?: CaseStatus;
  readonly assignedTo?: string;
}

/** At most `limit` cases, newest first. */
export function listCases(
  tx: TenantTransaction,
  tenant: TenantContext,
  { status, assignedTo }: CaseFilter,
  { limit, offset, after }: PageAsked,
): Promise<CaseRow[]> {
  return tx
    .selectFrom('cases')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .$if(status !== undefined, (list) => list.where('status', '=', status ?? 'open'))
    .$if(assignedTo !== undefined, (list) => list.where('assigned_to', '=', assignedTo ?? ''))
    .$if(after !== undefined, (list) =>
      after === undefined ? list : list.where(behindPosition('created_at', 'case_id', after)),
    )
    .orderBy('created_at', 'desc')
    .orderBy('case_id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
}

/** @throws Problem `not_found`, also for another tenant's case */
export async function getCase(
  tx: TenantTransaction,
  tenant: TenantContext,
  caseId: string,
): Promise<CaseRow> {
  const row = await caseById(tx, tenant, caseId).executeTakeFirst();
  if (row === undefined) throw notFound('case', caseId);
  return row;
}

/** The same, kept from other changes until the transaction ends. */
export async function getCaseForChange(
  tx: TenantTransaction,
  tenant: TenantContext,
  caseId: string,
): Promise<CaseRow> {
  const row = await caseById(tx, tenant, caseId).forNoKeyUpdate().executeTakeFirst();
  if (row === undefined) throw notFound('case', caseId);
  return row;
}

function caseById(tx: TenantTransaction, tenant: TenantContext, caseId: string) {
  return tx
    .selectFrom('cases')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('case_id', '=', caseId);
}

/** Stores what a person changed. */
export function changeCase(
  tx: TenantTransaction,
  tenant: TenantContext,
  before: CaseRow,
  change: Updateable<CaseTable>,
  now: Date,
): Promise<CaseRow> {
  return tx
    .updateTable('cases')
    .set({ ...change, updated_at: now, modified_by: tenant.actor, version: before.version + 1 })
    .where('tenant_id', '=', tenant.tenantId)
    .where('case_id', '=', before.case_id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * The case that the caller made with this key before. Callers with the same key wait for each other, so that two
 * requests at once make one case.
 */
export async function findByIdempotencyKey(
  tx: TenantTransaction,
  tenant: TenantContext,
  { key }: Idempotency,
): Promise<CaseRow | undefined> {
  const name = JSON.stringify(['case', tenant.tenantId, tenant.actor, key]);
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
  return tx
    .selectFrom('cases')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('created_by', '=', tenant.actor)
    .where('idempotency_key', '=', key)
    .executeTakeFirst();
}

/**
 * Takes the incident for a case of it, so that nobody else opens one meanwhile.
 *
 * @throws Problem `not_found` when it is not the tenant's; `conflict` with the open case it has already
 */
export async function claimIncident(
  tx: TenantTransaction,
  tenant: TenantContext,
  incidentId: string,
): Promise<void> {
  const incident = await tx
    .selectFrom('incidents')
    .select('incident_id')
    .where('tenant_id', '=', tenant.tenantId)
    .where('incident_id', '=', incidentId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (incident === undefined) throw notFound('incident', incidentId);
  const open = await tx
    .selectFrom('cases')
    .select('case_id')
    .where('tenant_id', '=', tenant.tenantId)
    .where('incident_id', '=', incidentId)
    .where('status', 'in', OPEN_CASE_STATUSES)
    .executeTakeFirst();
  if (open === undefined) return;
  throw new Problem('conflict', {
    detail: `the incident has an open case already: ${open.case_id}`,
    members: { case_id: open.case_id },
  });
}

/** @throws Problem `not_found` naming the first alert that is not the tenant's */
export async function checkAlerts(
  tx: TenantTransaction,
  tenant: TenantContext,
  alertIds: readonly string[],
): Promise<void> {
  if (alertIds.length === 0) return;
  const rows = await tx
    .selectFrom('alerts')
    .select('alert_id')
    .where('tenant_id', '=', tenant.tenantId)
    .where('alert_id', 'in', alertIds)
    .execute();
  const found = new Set(rows.map((row) => row.alert_id));
  const missing = alertIds.find((alertId) => !found.has(alertId));
  if (missing !== undefined) throw notFound('alert', missing);
}
