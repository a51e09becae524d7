import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { AlertStatus } from '@tocsin/contracts/alert.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import {
  behindSorted,
  foldedEquals,
  orderOf,
  type RowSort,
  type SortedPage,
} from '@tocsin/database/records/sorted-rows.ts';
import type { AlertTable } from '@tocsin/database/workflow-tables.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import type { Selectable, Updateable } from 'kysely';

/** An alert as stored. */
export type AlertRow = Selectable<AlertTable>;

/** What a list of alerts is narrowed to; event times, `to` not included. */
export interface AlertFilter {
  readonly status?: AlertStatus | undefined;
  readonly severityMin?: number | undefined;
  readonly assignee?: string | undefined;
  readonly ruleId?: string | undefined;
  readonly incidentId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

const LAST_EVENT = { name: 'last_event_at', type: 'time' } as const;

/** The orders of a list of alerts; each has an index. */
export const ALERT_SORTS = {
  newest: { columns: [LAST_EVENT], id: 'alert_id', direction: 'desc' },
  oldest: { columns: [LAST_EVENT], id: 'alert_id', direction: 'asc' },
  severity: {
    columns: [{ name: 'severity', type: 'integer' }, LAST_EVENT],
    id: 'alert_id',
    direction: 'desc',
  },
} as const satisfies Readonly<Record<string, RowSort>>;
export type AlertSort = keyof typeof ALERT_SORTS;

/** At most `limit` alerts behind a position, in the order. */
export function listAlerts(
  tx: TenantTransaction,
  tenant: TenantContext,
  filter: AlertFilter,
  { sort, limit, after }: SortedPage<AlertSort>,
): Promise<AlertRow[]> {
  let list = tx.selectFrom('alerts').selectAll().where('tenant_id', '=', tenant.tenantId);
  if (filter.status !== undefined) list = list.where('status', '=', filter.status);
  if (filter.severityMin !== undefined) list = list.where('severity', '>=', filter.severityMin);
  if (filter.assignee !== undefined) {
    list = list.where(foldedEquals('assignee', filter.assignee));
  }
  if (filter.ruleId !== undefined) list = list.where(foldedEquals('rule_id', filter.ruleId));
  if (filter.incidentId !== undefined) list = list.where('incident_id', '=', filter.incidentId);
  if (filter.from !== undefined) list = list.where('last_event_at', '>=', filter.from);
  if (filter.to !== undefined) list = list.where('last_event_at', '<', filter.to);
  if (after !== undefined) list = list.where(behindSorted(ALERT_SORTS[sort], after));
  return list.orderBy(orderOf(ALERT_SORTS[sort])).limit(limit).execute();
}

/** @throws Problem `not_found`, also for another tenant's alert */
export async function getAlert(
  tx: TenantTransaction,
  tenant: TenantContext,
  alertId: string,
): Promise<AlertRow> {
  const row = await tx
    .selectFrom('alerts')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('alert_id', '=', alertId)
    .executeTakeFirst();
  if (row === undefined) throw notFound('alert', alertId);
  return row;
}

/** The same, kept from other changes until the transaction ends. */
export async function getAlertForChange(
  tx: TenantTransaction,
  tenant: TenantContext,
  alertId: string,
): Promise<AlertRow> {
  const row = await tx
    .selectFrom('alerts')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('alert_id', '=', alertId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined) throw notFound('alert', alertId);
  return row;
}

/** Stores what a person changed. */
export function changeAlert(
  tx: TenantTransaction,
  tenant: TenantContext,
  alert: AlertRow,
  change: Pick<
    Updateable<AlertTable>,
    'status' | 'assignee' | 'suppressed_until' | 'suppress_reason'
  >,
  now: Date,
): Promise<AlertRow> {
  return tx
    .updateTable('alerts')
    .set({
      ...change,
      updated_at: now,
      modified_by: tenant.actor,
      version: alert.version + 1,
    })
    .where('tenant_id', '=', tenant.tenantId)
    .where('alert_id', '=', alert.alert_id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
