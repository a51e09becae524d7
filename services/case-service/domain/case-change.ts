import { isDeepStrictEqual } from 'node:util';
import type { CaseStatus } from '@tocsin/contracts/case.ts';
import { checkTransition } from '@tocsin/kernel/transition.ts';
import type { CaseChange } from './case-input.ts';
import { CASE_TRANSITIONS, resolvedAt } from './case-transitions.ts';

/** What of a stored case people can change. */
export interface ChangeableCase {
  readonly title: string;
  readonly description: string;
  readonly severity: number;
  readonly status: CaseStatus;
  readonly assigned_to: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly resolved_at: Date | null;
}

/** Columns to write; those left out stay. */
export interface CaseColumns {
  title?: string;
  description?: string;
  severity?: number;
  status?: CaseStatus;
  assigned_to?: string | null;
  /** JSON text. */
  metadata?: string;
  resolved_at?: Date | null;
}

const MEMBERS = ['title', 'description', 'severity', 'status', 'assigned_to', 'metadata'] as const;

/**
 * The columns that a request changes; `undefined` when the case is already as asked.
 *
 * @throws Problem `illegal_transition` with the statuses that may follow
 */
export function changesOf(
  before: ChangeableCase,
  asked: CaseChange,
  now: Date,
): CaseColumns | undefined {
  const differing = MEMBERS.filter(
    (member) => asked[member] !== undefined && !isDeepStrictEqual(asked[member], before[member]),
  );
  if (differing.length === 0) return undefined;
  const { metadata, status, ...plain } = asked;
  const columns: CaseColumns = { ...withoutUndefined(plain) };
  if (metadata !== undefined) columns.metadata = JSON.stringify(metadata);
  if (status !== undefined && status !== before.status) {
    checkTransition(CASE_TRANSITIONS, before.status, status);
    columns.status = status;
    columns.resolved_at = resolvedAt(status, before.resolved_at, now);
  }
  return columns;
}

/** One line for the timeline, and the short members before and after. Long ones are in the audit log. */
export function describeChange(
  before: ChangeableCase,
  after: ChangeableCase,
): { readonly summary: string; readonly detail: object } {
  const changed = MEMBERS.filter((member) => !isDeepStrictEqual(before[member], after[member]));
  const short = changed.filter((member) => member !== 'description' && member !== 'metadata');
  const pick = (from: ChangeableCase) =>
    Object.fromEntries(short.map((name) => [name, from[name]]));
  const summary =
    before.status === after.status
      ? `Changed: ${changed.join(', ')}`
      : `Status changed from ${before.status} to ${after.status}`;
  return { summary, detail: { changed, before: pick(before), after: pick(after) } };
}

function withoutUndefined<Members extends object>(members: Members): Members {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Members;
}
