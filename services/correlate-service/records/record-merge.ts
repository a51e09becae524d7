import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { severityLabel } from '@tocsin/contracts/severity.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { writeOutbox } from '@tocsin/database/outbox.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import { type IncidentRow, incidentDocument } from './incident-queries.ts';
import { addEntries, personEntry } from './incident-timeline.ts';

/** One incident before and after a merge or its undoing. */
export interface MergedChange {
  readonly action: 'incident.merge' | 'incident.unmerge';
  readonly before: IncidentRow;
  readonly after: IncidentRow;
  readonly summary: string;
  readonly detail: object;
  readonly now: Date;
  readonly requestId: string;
}

/** Writes timeline, audit and message of one incident. */
export async function recordMerge(
  tx: TenantTransaction,
  tenant: TenantContext,
  { action, before, after, summary, detail, now, requestId }: MergedChange,
): Promise<void> {
  const incidentId = after.incident_id;
  const kind = action === 'incident.merge' ? 'merged' : 'unmerged';
  await addEntries(tx, [
    personEntry(tenant, incidentId, `${kind}/${after.version}`, { at: now, kind, summary, detail }),
  ]);
  await writeAudit(tx, tenant, {
    action,
    objectType: 'incident',
    objectId: incidentId,
    before: incidentDocument(before),
    after: { ...incidentDocument(after), ...detail },
    requestId,
  });
  await writeOutbox(tx, tenant, 'secplat.events.notify', {
    event_id: uuidV5(
      TOCSIN_NAMESPACE,
      `incident/${tenant.tenantId}/${incidentId}/${after.version}`,
    ),
    event_type: after.merged_into === null ? 'incident.updated' : 'incident.closed',
    ts: now.toISOString(),
    tenant_id: tenant.tenantId,
    org_id: tenant.tenantId,
    request_id: requestId,
    severity: severityLabel(after.severity),
    payload: { incident_id: incidentId, title: after.title, status: after.status, ...detail },
  });
}
