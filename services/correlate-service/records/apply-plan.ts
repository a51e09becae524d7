import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { type AuditedChange, writeAudit } from '@tocsin/database/audit.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { writeOutbox } from '@tocsin/database/outbox.ts';
import { linkIncidentAlerts } from '@tocsin/database/records/case-alert-link.ts';
import { caseDocument, insertCases, type NewCase } from '@tocsin/database/records/case-record.ts';
import type { CaseTable } from '@tocsin/database/workflow-tables.ts';
import type { Selectable } from 'kysely';
import type { CaseOpening, CorrelationPlan, IncidentOpening } from '../domain/correlation-plan.ts';
import { planMessages } from '../domain/plan-messages.ts';
import { upsertAlerts } from './alert-rows.ts';
import {
  addIncidentNames,
  countIncidents,
  insertIncidents,
  insertMembers,
} from './incident-rows.ts';
import { writeIncidentTimeline } from './incident-timeline.ts';

/** Writes a plan: rows, timelines, audit and outbox, all in the caller's transaction. */
export async function applyPlan(
  tx: TenantTransaction,
  tenant: TenantContext,
  plan: CorrelationPlan,
  now: Date,
): Promise<void> {
  const touched = [...new Set(plan.members.map((member) => member.incidentId))].sort();
  await insertIncidents(tx, tenant, plan.openings, now);
  await upsertAlerts(tx, tenant, plan.alerts, now);
  await insertMembers(tx, tenant, plan, now);
  await countIncidents(tx, tenant, touched, now);
  await addIncidentNames(tx, tenant, plan.newNames);
  const cases = await insertCases(tx, tenant, plan.cases.map(newCase), now);
  await linkIncidentAlerts(tx, tenant, touched, now);
  await writeIncidentTimeline(tx, tenant, plan, now);
  await writeAudit(tx, tenant, ...plan.openings.map(incidentAudit), ...cases.map(caseAudit));
  const messages = planMessages(tenant.tenantId, plan, now);
  await writeOutbox(tx, tenant, 'secplat.events.notify', ...messages);
}

function incidentAudit({ incidentId, incidentKey, opener }: IncidentOpening): AuditedChange {
  return {
    action: 'incident.open',
    objectType: 'incident',
    objectId: incidentId,
    before: null,
    after: { incident_key: incidentKey, alert_id: opener.alert.alert_id },
    requestId: '',
  };
}

function caseAudit(row: Selectable<CaseTable>): AuditedChange {
  return {
    action: 'case.open',
    objectType: 'case',
    objectId: row.case_id,
    before: null,
    after: caseDocument(row),
    requestId: '',
  };
}

function newCase({ caseId, incidentId, opener }: CaseOpening): NewCase {
  const { alert } = opener;
  return {
    caseId,
    title: alert.title || alert.rule_name || 'Untitled',
    description: alert.description,
    severity: alert.severity,
    assignedTo: null,
    incidentId,
    metadata: { opened_by: 'correlate', alert_id: alert.alert_id, rule_id: alert.rule_id },
  };
}
