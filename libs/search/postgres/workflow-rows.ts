import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { alertDocument } from '@tocsin/database/records/alert-document.ts';
import { caseDocument } from '@tocsin/database/records/case-record.ts';
import type { AlertTable, CaseTable } from '@tocsin/database/workflow-tables.ts';
import type { Selectable } from 'kysely';
import { checkedDocuments } from '../checked-documents.ts';
import type { RowPosition } from '../compile-sql.ts';
import type { Collection, Document } from '../search-store.ts';

/** A collection that is a table: where its rows are, and how they become documents. */
export interface WorkflowRows {
  readonly table: string;
  /** The function that gives ids of rows by their words (migration 081). */
  readonly like: string;
  documents(tenant: TenantContext, rows: readonly unknown[], nowMs: number): readonly Document[];
  position(row: unknown): RowPosition;
}

// SAFETY of the casts: the rows come from `select *` of the table beside them.
const ALERTS: WorkflowRows = {
  table: 'tenant_data.alerts',
  like: 'tenant_data.alerts_like',
  documents: (tenant, rows, nowMs) =>
    checkedDocuments(
      tenant,
      (rows as Selectable<AlertTable>[]).map((row) => ({ ...alertDocument(row, nowMs) })),
    ),
  position(row) {
    const { last_event_at, alert_id } = row as Selectable<AlertTable>;
    return { time: last_event_at.getTime(), id: alert_id };
  },
};

const CASES: WorkflowRows = {
  table: 'tenant_data.cases',
  like: 'tenant_data.cases_like',
  documents: (tenant, rows) =>
    checkedDocuments(
      tenant,
      (rows as Selectable<CaseTable>[]).map((row) => ({ ...caseDocument(row) })),
    ),
  position(row) {
    const { created_at, case_id } = row as Selectable<CaseTable>;
    return { time: created_at.getTime(), id: case_id };
  },
};

/** The collections that PostgreSQL holds. */
export const WORKFLOW_ROWS: Readonly<Partial<Record<Collection, WorkflowRows>>> = {
  alerts: ALERTS,
  cases: CASES,
};
