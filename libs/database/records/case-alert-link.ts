import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { OPEN_CASE_STATUSES } from '@tocsin/contracts/case.ts';
import { sql } from 'kysely';
import { writeAudit } from '../audit.ts';
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

/**
 * Takes alerts off cases, for another reason than a person's own request: with timeline and audit. A link that is gone
 * already, or that was made anew since `linkedAt`, stays as it is.
 */
export async function unlinkAlerts(
  tx: TenantTransaction,
  tenant: TenantContext,
  links: readonly CaseAlertLink[],
  { linkedAt, now, requestId }: UnlinkOccasion,
): Promise<void> {
  if (links.length === 0) return;
  const { rows } = await sql<CaseAlertLink & { readonly linkedBy: string }>`
    delete from case_alerts l
    using unnest(${links.map((link) => link.caseId)}::uuid[], ${links.map((link) => link.alertId)}::uuid[])
      as gone (case_id, alert_id)
    where l.tenant_id = ${tenant.tenantId} and l.case_id = gone.case_id and l.alert_id = gone.alert_id
      and l.linked_at = ${linkedAt}
    returning l.case_id as "caseId", l.alert_id as "alertId", l.linked_by as "linkedBy"`.execute(
    tx,
  );
  await addCaseEntries(
    tx,
    rows.map(({ caseId, alertId }) =>
      caseEntry(tenant, caseId, `unlinked/${alertId}/${now.getTime()}`, {
        at: now,
        kind: 'alert_unlinked',
        summary: 'An alert was taken off',
        detail: { alert_id: alertId },
      }),
    ),
  );
  for (const { caseId, alertId, linkedBy } of rows) {
    await writeAudit(tx, tenant, {
      action: 'case.unlink_alert',
      objectType: 'case',
      objectId: caseId,
      before: { alert_id: alertId, linked_at: linkedAt.toISOString(), linked_by: linkedBy },
      after: null,
      requestId,
    });
  }
}

/** Which links {@link unlinkAlerts} removes, when, and in whose request. */
export interface UnlinkOccasion {
  readonly linkedAt: Date;
  readonly now: Date;
  readonly requestId: string;
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
      caseEntry(tenant, caseId, `alert/${alertId}/${now.getTime()}`, {
        at: now,
        kind: 'alert_linked',
        summary: 'An alert was linked',
        detail: { alert_id: alertId },
      }),
    ),
  );
}
