import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { AlertStatus } from '@tocsin/contracts/alert.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { behindPosition, type RowPosition } from '@tocsin/database/records/behind-position.ts';
import type { AlertTable } from '@tocsin/database/workflow-tables.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import type { Selectable, Updateable } from 'kysely';

/** An alert as stored. */
export type AlertRow = Selectable<AlertTable>;

/** What a list of alerts is narrowed to; event times, `to` not included. */
export interface AlertFilter {
  readonly status?: AlertStatus;
  readonly severityMin?: number;
  readonly from?: Date;
  readonly to?: Date;
}

/** At most `limit` alerts behind a position, newest event first. */
export function listAlerts(
  tx: TenantTransaction,
  tenant: TenantContext,
  filter: AlertFilter,
  limit: number,
  after: RowPosition | undefined,
): Promise<AlertRow[]> {
  const { status, severityMin, from, to } = filter;
  return tx
    .selectFrom('alerts')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .$if(status !== undefined, (list) => list.where('status', '=', status ?? 'new'))
    .$if(severityMin !== undefined, (list) => list.where('severity', '>=', severityMin ?? 0))
    .$if(from !== undefined, (list) => list.where('last_event_at', '>=', from ?? null))
    .$if(to !== undefined, (list) => list.where('last_event_at', '<', to ?? null))
    .$if(after !== undefined, (list) =>
      after === undefined ? list : list.where(behindPosition('last_event_at', 'alert_id', after)),
    )
    .orderBy('last_event_at', 'desc')
    .orderBy('alert_id', 'desc')
    .limit(limit)
    .execute();
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
