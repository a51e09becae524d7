import type { Envelope } from '@tocsin/contracts/envelope.ts';
import { severityLabel } from '@tocsin/contracts/severity.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import type { CorrelationPlan, IncomingAlert } from './correlation-plan.ts';

/**
 * What others must hear of a plan, as envelopes: alerts that came up, incidents opened or joined, cases
 * opened. A revision that only counts further events is not told. Ids derive from what is told, so readers know
 * a repeat.
 */
export function planMessages(
  tenantId: TenantId,
  plan: CorrelationPlan,
  now: Date,
): readonly Envelope[] {
  const tell = (
    eventType: string,
    name: string,
    { alert }: IncomingAlert,
    payload: object,
  ): Envelope => ({
    event_id: uuidV5(TOCSIN_NAMESPACE, `message/${tenantId}/${eventType}/${name}`),
    event_type: eventType,
    ts: now.toISOString(),
    tenant_id: tenantId,
    org_id: tenantId,
    severity: severityLabel(alert.severity),
    payload: { ...payload, ...alertSummary(alert) },
  });
  return [
    ...plan.triggered.map((incoming) =>
      tell('alert.triggered', incoming.alert.alert_id, incoming, {}),
    ),
    ...plan.openings.map(({ incidentId, opener, previousIncidentId }) =>
      tell('incident.created', incidentId, opener, {
        incident_id: incidentId,
        previous_incident_id: previousIncidentId,
      }),
    ),
    ...plan.joins
      .filter((join) => !join.opened)
      .map(({ incidentId, incoming }) =>
        tell('incident.updated', `${incidentId}/${incoming.alert.alert_id}`, incoming, {
          incident_id: incidentId,
          change: 'alert_joined',
        }),
      ),
    ...plan.cases.map(({ caseId, incidentId, opener }) =>
      tell('case.opened', caseId, opener, { case_id: caseId, incident_id: incidentId }),
    ),
  ];
}

function alertSummary(alert: IncomingAlert['alert']): object {
  return {
    alert_id: alert.alert_id,
    rule_id: alert.rule_id,
    rule_name: alert.rule_name,
    severity: alert.severity,
    title: alert.title,
    ...(alert.actor === undefined ? {} : { actor: alert.actor }),
    first_event_at: alert.first_event_at,
  };
}
