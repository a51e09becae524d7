import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Envelope } from '@tocsin/contracts/envelope.ts';
import { severityLabel } from '@tocsin/contracts/severity.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import type { CaseRow } from './records/cases.ts';

/** What others hear of a case that a person opened or changed. One message for each version of the case. */
export function caseMessage(
  tenant: TenantContext,
  eventType: 'case.opened' | 'case.updated',
  row: CaseRow,
  now: Date,
  requestId: string,
): Envelope {
  const name = `message/${tenant.tenantId}/${eventType}/${row.case_id}/${row.version}`;
  return {
    event_id: uuidV5(TOCSIN_NAMESPACE, name),
    event_type: eventType,
    ts: now.toISOString(),
    tenant_id: tenant.tenantId,
    org_id: tenant.tenantId,
    request_id: requestId,
    severity: severityLabel(row.severity),
    payload: {
      case_id: row.case_id,
      title: row.title,
      status: row.status,
      assigned_to: row.assigned_to,
      incident_id: row.incident_id,
      actor: tenant.actor,
    },
  };
}
