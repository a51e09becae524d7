import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Incident, IncidentStatus, TimelineEntry } from '@tocsin/contracts/incident.ts';
import { severityLabel } from '@tocsin/contracts/severity.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import {
  behindSorted,
  orderOf,
  type RowSort,
  type SortedPage,
} from '@tocsin/database/records/sorted-rows.ts';
import type { IncidentTable, IncidentTimelineTable } from '@tocsin/database/workflow-tables.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import type { Selectable, Updateable } from 'kysely';

/** An incident as stored. */
export type IncidentRow = Selectable<IncidentTable>;

/** What a list of incidents is narrowed to; times of the last alert, `to` not included. */
export interface IncidentFilter {
  readonly status?: IncidentStatus | undefined;
  readonly severityMin?: number | undefined;
  readonly assignee?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

const LAST_ALERT = { name: 'last_alert_at', type: 'time' } as const;

/** The orders of a list of incidents; each has an index. */
export const INCIDENT_SORTS = {
  newest: { columns: [LAST_ALERT], id: 'incident_id', direction: 'desc' },
  oldest: { columns: [LAST_ALERT], id: 'incident_id', direction: 'asc' },
  severity: {
    columns: [{ name: 'severity', type: 'integer' }, LAST_ALERT],
    id: 'incident_id',
    direction: 'desc',
  },
} as const satisfies Readonly<Record<string, RowSort>>;
export type IncidentSort = keyof typeof INCIDENT_SORTS;

/** At most `limit` incidents behind a position, in the order. */
export function listIncidents(
  tx: TenantTransaction,
  tenant: TenantContext,
  filter: IncidentFilter,
  { sort, limit, after }: SortedPage<IncidentSort>,
): Promise<IncidentRow[]> {
  let list = tx.selectFrom('incidents').selectAll().where('tenant_id', '=', tenant.tenantId);
  if (filter.status !== undefined) list = list.where('status', '=', filter.status);
  if (filter.severityMin !== undefined) list = list.where('severity', '>=', filter.severityMin);
  if (filter.assignee !== undefined) list = list.where('assignee', '=', filter.assignee);
  if (filter.from !== undefined) list = list.where('last_alert_at', '>=', filter.from);
  if (filter.to !== undefined) list = list.where('last_alert_at', '<', filter.to);
  if (after !== undefined) list = list.where(behindSorted(INCIDENT_SORTS[sort], after));
  return list.orderBy(orderOf(INCIDENT_SORTS[sort])).limit(limit).execute();
}

/** @throws Problem `not_found`, also for another tenant's incident */
export async function getIncident(
  tx: TenantTransaction,
  tenant: TenantContext,
  incidentId: string,
): Promise<IncidentRow> {
  const row = await tx
    .selectFrom('incidents')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('incident_id', '=', incidentId)
    .executeTakeFirst();
  if (row === undefined) throw notFound('incident', incidentId);
  return row;
}

/** The same, kept from other changes until the transaction ends. */
export async function getIncidentForChange(
  tx: TenantTransaction,
  tenant: TenantContext,
  incidentId: string,
): Promise<IncidentRow> {
  const row = await tx
    .selectFrom('incidents')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('incident_id', '=', incidentId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined) throw notFound('incident', incidentId);
  return row;
}

/** Stores what a person changed. */
export function changeIncident(
  tx: TenantTransaction,
  tenant: TenantContext,
  incident: IncidentRow,
  change: Pick<Updateable<IncidentTable>, 'status' | 'assignee' | 'resolved_at' | 'merged_into'>,
  now: Date,
): Promise<IncidentRow> {
  return tx
    .updateTable('incidents')
    .set({
      ...change,
      updated_at: now,
      modified_by: tenant.actor,
      version: incident.version + 1,
    })
    .where('tenant_id', '=', tenant.tenantId)
    .where('incident_id', '=', incident.incident_id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The wire form of an incident row. */
export function incidentDocument(row: IncidentRow): Incident {
  return {
    tenant_id: row.tenant_id,
    incident_id: row.incident_id,
    incident_key: row.incident_key,
    status: row.status,
    severity: row.severity,
    severity_label: severityLabel(row.severity),
    title: row.title,
    entities: { actors: [...row.actors], hosts: [...row.hosts], src_ips: [...row.src_ips] },
    first_alert_at: row.first_alert_at.toISOString(),
    last_alert_at: row.last_alert_at.toISOString(),
    alert_count: row.alert_count,
    previous_incident_id: row.previous_incident_id,
    merged_into: row.merged_into,
    assignee: row.assignee,
    resolved_at: row.resolved_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    created_by: row.created_by,
    modified_by: row.modified_by,
    version: row.version,
  };
}

/** The wire form of a timeline row. */
export function timelineDocument(row: Selectable<IncidentTimelineTable>): TimelineEntry {
  return {
    id: row.entry_id,
    at: row.at.toISOString(),
    kind: row.kind,
    actor: row.actor,
    summary: row.summary,
    ...(row.alert_id === null ? {} : { alert_id: row.alert_id }),
    detail: { ...row.detail },
  };
}
