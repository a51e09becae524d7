/** Statuses of a case. */
export const CASE_STATUSES = [
  'open',
  'investigating',
  'contained',
  'resolved',
  'closed',
  'false_positive',
] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];
