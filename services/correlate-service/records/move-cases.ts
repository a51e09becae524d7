import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { OPEN_CASE_STATUSES } from '@tocsin/contracts/case.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { caseDocument } from '@tocsin/database/records/case-record.ts';
import { addCaseEntries, caseEntry } from '@tocsin/database/records/case-timeline.ts';

/** Between which incidents cases move, and in whose request. */
export interface CaseMove {
  readonly from: string;
  readonly to: string;
  /** Only these; by default every open case. */
  readonly only?: readonly string[];
  readonly now: Date;
  readonly requestId: string;
}

/**
 * Makes the open cases of an incident those of another, unless that one has an open case already (Resolution 7): then
 * they stay. Gives the cases that moved.
 */
export async function moveOpenCases(
  tx: TenantTransaction,
  tenant: TenantContext,
  { from, to, only, now, requestId }: CaseMove,
): Promise<readonly string[]> {
  const open = (incidentId: string) =>
    tx
      .selectFrom('cases')
      .selectAll()
      .where('tenant_id', '=', tenant.tenantId)
      .where('incident_id', '=', incidentId)
      .where('status', 'in', [...OPEN_CASE_STATUSES])
      .forNoKeyUpdate()
      .execute();
  if ((await open(to)).length > 0) return [];
  const found = await open(from);
  const moving = found.filter((row) => only === undefined || only.includes(row.case_id));
  for (const before of moving) {
    const after = await tx
      .updateTable('cases')
      .set({
        incident_id: to,
        updated_at: now,
        modified_by: tenant.actor,
        version: before.version + 1,
      })
      .where('tenant_id', '=', tenant.tenantId)
      .where('case_id', '=', before.case_id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await addCaseEntries(tx, [
      caseEntry(tenant, before.case_id, `change/${after.version}`, {
        at: now,
        kind: 'incident_changed',
        summary: 'The case belongs to another incident now',
        detail: { before: { incident_id: from }, after: { incident_id: to } },
      }),
    ]);
    await writeAudit(tx, tenant, {
      action: 'case.change',
      objectType: 'case',
      objectId: before.case_id,
      before: caseDocument(before),
      after: caseDocument(after),
      requestId,
    });
  }
  return moving.map((row) => row.case_id);
}
