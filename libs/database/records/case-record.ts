import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Case } from '@tocsin/contracts/case.ts';
import { severityLabel } from '@tocsin/contracts/severity.ts';
import type { Selectable } from 'kysely';
import type { TenantTransaction } from '../database.ts';
import type { CaseTable } from '../workflow-tables.ts';
import { addCaseEntries, caseEntry } from './case-timeline.ts';

/** A case to open: by the correlator for an incident, or by a person. */
export interface NewCase {
  readonly caseId: string;
  /** 1 to 500 characters. */
  readonly title: string;
  readonly description: string;
  /** 0 to 10. */
  readonly severity: number;
  readonly assignedTo: string | null;
  /** An incident has at most one open case: the unique index refuses another. */
  readonly incidentId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The caller's Idempotency-Key and a hash of what came with it. */
  readonly idempotency?: { readonly key: string; readonly hash: string };
}

/**
 * The one place where case rows are made: the rows and the first entry of each timeline.
 * Alerts are linked by `linkAlerts`; the caller writes audit rows and outbox in the same transaction.
 */
export async function insertCases(
  tx: TenantTransaction,
  tenant: TenantContext,
  cases: readonly NewCase[],
  now: Date,
): Promise<readonly Selectable<CaseTable>[]> {
  if (cases.length === 0) return [];
  const rows = await tx
    .insertInto('cases')
    .values(cases.map((added) => row(tenant, added, now)))
    .returningAll()
    .execute();
  await addCaseEntries(
    tx,
    cases.map(({ caseId, incidentId }) =>
      caseEntry(tenant, caseId, 'opened', {
        at: now,
        kind: 'opened',
        summary: incidentId === null ? 'Case opened' : 'Case opened for an incident',
        detail: incidentId === null ? {} : { incident_id: incidentId },
      }),
    ),
  );
  return rows;
}

function row(tenant: TenantContext, added: NewCase, now: Date) {
  return {
    tenant_id: tenant.tenantId,
    case_id: added.caseId,
    title: added.title,
    description: added.description,
    severity: added.severity,
    assigned_to: added.assignedTo,
    incident_id: added.incidentId,
    metadata: JSON.stringify(added.metadata),
    resolved_at: null,
    created_at: now,
    updated_at: now,
    created_by: tenant.actor,
    modified_by: tenant.actor,
    idempotency_key: added.idempotency?.key ?? null,
    idempotency_hash: added.idempotency?.hash ?? null,
  };
}

/** The wire form of a case row. */
export function caseDocument(row: Selectable<CaseTable>): Case {
  return {
    tenant_id: row.tenant_id,
    id: row.case_id,
    title: row.title,
    description: row.description,
    severity: row.severity,
    severity_label: severityLabel(row.severity),
    status: row.status,
    assigned_to: row.assigned_to,
    incident_id: row.incident_id,
    metadata: { ...row.metadata },
    resolved_at: row.resolved_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    created_by: row.created_by,
    modified_by: row.modified_by,
    version: row.version,
  };
}
