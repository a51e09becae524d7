import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import type { Insertable } from 'kysely';
import type { TenantTransaction } from '../database.ts';
import type { CaseTimelineTable } from '../workflow-tables.ts';

/**
 * The id of the first entry of every timeline (RFC 9562 section 5.8; keys name the case or incident too).
 * Timelines are ordered by time and id, so it comes before what happened in the same millisecond.
 */
export const OPENING_ENTRY_ID = '00000000-0000-8000-8000-000000000000';

/** What happened to a case. */
export interface CaseHappening {
  readonly at: Date;
  /** `opened`, `alert_linked`, `commented`, `changed`. */
  readonly kind: string;
  /** One line for people, at most 1,000 characters. */
  readonly summary: string;
  readonly detail: object;
}

/**
 * An entry of a case's timeline. `name` is unique within the case: the id derives from it, so that the same
 * happening recorded twice is one entry.
 */
export function caseEntry(
  tenant: TenantContext,
  caseId: string,
  name: string,
  happening: CaseHappening,
): Insertable<CaseTimelineTable> {
  return {
    tenant_id: tenant.tenantId,
    case_id: caseId,
    entry_id:
      happening.kind === 'opened'
        ? OPENING_ENTRY_ID
        : uuidV5(TOCSIN_NAMESPACE, `case-timeline/${caseId}/${name}`),
    at: happening.at,
    kind: happening.kind,
    actor: tenant.actor,
    summary: happening.summary,
    detail: JSON.stringify(happening.detail),
  };
}

/** Adds entries; those that are there already stay as they are. */
export async function addCaseEntries(
  tx: TenantTransaction,
  entries: readonly Insertable<CaseTimelineTable>[],
): Promise<void> {
  if (entries.length === 0) return;
  await tx
    .insertInto('case_timeline')
    .values([...entries])
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
