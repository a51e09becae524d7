import { type CaseStatus, OPEN_CASE_STATUSES } from '@tocsin/contracts/case.ts';
import type { TransitionTable } from '@tocsin/kernel/transition.ts';

/** How a case may move. From an end it goes back to `open` only: the explicit reopening. */
export const CASE_TRANSITIONS: TransitionTable<CaseStatus> = {
  open: ['investigating', 'contained', 'resolved', 'closed', 'false_positive'],
  investigating: ['contained', 'resolved', 'closed', 'false_positive'],
  contained: ['investigating', 'resolved', 'closed', 'false_positive'],
  resolved: ['closed', 'open'],
  closed: ['open'],
  false_positive: ['closed', 'open'],
};

/** Says whether people still work on a case. */
export function isOpenCase(status: CaseStatus): boolean {
  return OPEN_CASE_STATUSES.some((open) => open === status);
}

/**
 * When a case counts as resolved after a change of status: from the step that ended it, kept while it stays ended,
 * cleared by reopening.
 */
export function resolvedAt(to: CaseStatus, before: Date | null, now: Date): Date | null {
  return isOpenCase(to) ? null : (before ?? now);
}
