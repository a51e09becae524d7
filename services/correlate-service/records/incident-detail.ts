import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { IncidentDetail } from '@tocsin/contracts/incident-detail.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { alertDocument } from '@tocsin/database/records/alert-document.ts';
import { caseDocument } from '@tocsin/database/records/case-record.ts';
import { getIncident, incidentDocument, timelineDocument } from './incident-queries.ts';

/** Most alerts and timeline entries that an incident shows at once; `alert_count` has the whole number. */
export const INCIDENT_ALERTS_SHOWN_MAX = 200;
export const INCIDENT_TIMELINE_SHOWN_MAX = 500;

/** Most cases and recurrences that an incident shows. */
const LINKS_SHOWN_MAX = 50;

/**
 * Reads one incident with its newest alerts, the newest part of its timeline in the order of what happened, its
 * cases, and the incidents that recurred after it.
 *
 * @throws Problem `not_found`, also for another tenant's incident
 */
export async function getIncidentDetail(
  tx: TenantTransaction,
  tenant: TenantContext,
  incidentId: string,
  nowMs: number,
): Promise<IncidentDetail> {
  const incident = await getIncident(tx, tenant, incidentId);
  const alerts = await tx
    .selectFrom('incident_alerts as m')
    .innerJoin('alerts as a', (join) =>
      join.onRef('a.tenant_id', '=', 'm.tenant_id').onRef('a.alert_id', '=', 'm.alert_id'),
    )
    .selectAll('a')
    .where('m.tenant_id', '=', tenant.tenantId)
    .where('m.incident_id', '=', incidentId)
    .orderBy('a.last_event_at', 'desc')
    .orderBy('a.alert_id', 'desc')
    .limit(INCIDENT_ALERTS_SHOWN_MAX)
    .execute();
  const timeline = await tx
    .selectFrom('incident_timeline')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('incident_id', '=', incidentId)
    .orderBy('at', 'desc')
    .orderBy('entry_id', 'desc')
    .limit(INCIDENT_TIMELINE_SHOWN_MAX)
    .execute();
  const cases = await tx
    .selectFrom('cases')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('incident_id', '=', incidentId)
    .orderBy('created_at', 'desc')
    .limit(LINKS_SHOWN_MAX)
    .execute();
  const next = await tx
    .selectFrom('incidents')
    .select('incident_id')
    .where('tenant_id', '=', tenant.tenantId)
    .where('previous_incident_id', '=', incidentId)
    .orderBy('created_at')
    .limit(LINKS_SHOWN_MAX)
    .execute();
  return {
    ...incidentDocument(incident),
    alerts: alerts.map((row) => alertDocument(row, nowMs)),
    timeline: timeline.map(timelineDocument).toReversed(),
    cases: cases.map(caseDocument),
    next_incident_ids: next.map((row) => row.incident_id),
  };
}
