import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { type CaseStatus, OPEN_CASE_STATUSES } from '@tocsin/contracts/case.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import {
  behindSorted,
  foldedEquals,
  orderOf,
  type RowSort,
  type SortedPage,
} from '@tocsin/database/records/sorted-rows.ts';
import type { CaseTable } from '@tocsin/database/workflow-tables.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { type Selectable, sql, type Updateable } from 'kysely';
import type { Idempotency } from '../domain/idempotency.ts';

/** A case as stored. */
export type CaseRow = Selectable<CaseTable>;

/** What a list of cases is narrowed to; times of creation, `to` not included. */
export interface CaseFilter {
  readonly status?: CaseStatus | undefined;
  readonly severityMin?: number | undefined;
  readonly assignedTo?: string | undefined;
  readonly incidentId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

const CREATED = { name: 'created_at', type: 'time' } as const;

/** The orders of a list of cases; each has an index. */
export const CASE_SORTS = {
  newest: { columns: [CREATED], id: 'case_id', direction: 'desc' },
  oldest: { columns: [CREATED], id: 'case_id', direction: 'asc' },
  updated: {
    columns: [{ name: 'updated_at', type: 'time' }],
    id: 'case_id',
    direction: 'desc',
  },
  severity: {
    columns: [{ name: 'severity', type: 'integer' }, CREATED],
    id: 'case_id',
    direction: 'desc',
  },
} as const satisfies Readonly<Record<string, RowSort>>;
export type CaseSort = keyof typeof CASE_SORTS;

/** At most `limit` cases behind a position, past an offset, in the order. */
export function listCases(
  tx: TenantTransaction,
  tenant: TenantContext,
  filter: CaseFilter,
  { sort, limit, offset, after }: SortedPage<CaseSort> & { readonly offset: number },
): Promise<CaseRow[]> {
  let list = tx.selectFrom('cases').selectAll().where('tenant_id', '=', tenant.tenantId);
  if (filter.status !== undefined) list = list.where('status', '=', filter.status);
  if (filter.severityMin !== undefined) list = list.where('severity', '>=', filter.severityMin);
  if (filter.assignedTo !== undefined) {
    list = list.where(foldedEquals('assigned_to', filter.assignedTo));
  }
  if (filter.incidentId !== undefined) list = list.where('incident_id', '=', filter.incidentId);
  if (filter.from !== undefined) list = list.where('created_at', '>=', filter.from);
  if (filter.to !== undefined) list = list.where('created_at', '<', filter.to);
  if (after !== undefined) list = list.where(behindSorted(CASE_SORTS[sort], after));
  return list.orderBy(orderOf(CASE_SORTS[sort])).limit(limit).offset(offset).execute();
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
