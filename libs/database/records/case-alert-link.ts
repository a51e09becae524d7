import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { OPEN_CASE_STATUSES } from '@tocsin/contracts/case.ts';
import { sql } from 'kysely';
import type { TenantTransaction } from '../database.ts';
import { addCaseEntries, caseEntry } from './case-timeline.ts';

/** A link between a case and an alert. */
export interface CaseAlertLink {
  readonly caseId: string;
  readonly alertId: string;
}

/** Links alerts to a case; links that exist stay. Both must be the tenant's. Gives the links that are new. */
export async function linkAlerts(
  tx: TenantTransaction,
  tenant: TenantContext,
  caseId: string,
  alertIds: readonly string[],
  now: Date,
): Promise<readonly CaseAlertLink[]> {
  const { rows } = await sql<CaseAlertLink>`
    insert into case_alerts (tenant_id, case_id, alert_id, linked_at, linked_by)
    select ${tenant.tenantId}, ${caseId}::uuid, a.alert_id, ${now}, ${tenant.actor}
    from alerts a
    where a.tenant_id = ${tenant.tenantId} and a.alert_id = any(${alertIds}::uuid[])
    on conflict do nothing
    returning case_id as "caseId", alert_id as "alertId"`.execute(tx);
  await recordLinks(tx, tenant, rows, now);
  return rows;
}

/** Links all alerts of incidents to their open cases. Gives the links that are new. */
export async function linkIncidentAlerts(
  tx: TenantTransaction,
  tenant: TenantContext,
  incidentIds: readonly string[],
  now: Date,
): Promise<readonly CaseAlertLink[]> {
  if (incidentIds.length === 0) return [];
  const { rows } = await sql<CaseAlertLink>`
    insert into case_alerts (tenant_id, case_id, alert_id, linked_at, linked_by)
    select c.tenant_id, c.case_id, m.alert_id, ${now}, ${tenant.actor}
    from cases c join incident_alerts m using (tenant_id, incident_id)
    where c.tenant_id = ${tenant.tenantId} and c.incident_id = any(${incidentIds}::uuid[])
      and c.status = any(${[...OPEN_CASE_STATUSES]})
    on conflict do nothing
    returning case_id as "caseId", alert_id as "alertId"`.execute(tx);
  await recordLinks(tx, tenant, rows, now);
  return rows;
}

async function recordLinks(
  tx: TenantTransaction,
  tenant: TenantContext,
  links: readonly CaseAlertLink[],
  now: Date,
): Promise<void> {
  await addCaseEntries(
    tx,
    links.map(({ caseId, alertId }) =>
      caseEntry(tenant, caseId, `alert/${alertId}`, {
        at: now,
        kind: 'alert_linked',
        summary: 'An alert was linked',
        detail: { alert_id: alertId },
      }),
    ),
  );
}
