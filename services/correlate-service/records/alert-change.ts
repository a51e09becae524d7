import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import type { AlertRow } from './alert-queries.ts';
import { addEntries, personEntry } from './incident-timeline.ts';

/** What a person changed of an alert, when, and in which request. */
export interface AlertChange {
  readonly before: AlertRow;
  readonly after: AlertRow;
  readonly now: Date;
  readonly requestId: string;
}

/** Writes the audit row of a change, and the entry in the timeline of the alert's incident. */
export async function recordAlertChange(
  tx: TenantTransaction,
  tenant: TenantContext,
  { before, after, now, requestId }: AlertChange,
): Promise<void> {
  await writeAudit(tx, tenant, {
    action: 'alert.change',
    objectType: 'alert',
    objectId: before.alert_id,
    before: workflow(before),
    after: workflow(after),
    requestId,
  });
  if (after.incident_id === null) return;
  const entry = personEntry(tenant, after.incident_id, `alert/${after.alert_id}/${after.version}`, {
    at: now,
    kind: 'alert_changed',
    summary: `Alert changed: ${after.status}`,
    detail: { before: workflow(before), after: workflow(after) },
  });
  await addEntries(tx, [{ ...entry, alert_id: after.alert_id }]);
}

function workflow({ status, assignee, suppressed_until, suppress_reason }: AlertRow): object {
  return {
    status,
    assignee,
    suppressed_until: suppressed_until?.toISOString() ?? null,
    suppress_reason,
  };
}
