/** Statuses of an alert (Resolution 8). `suppressed` is a flag, not a status. */
export const ALERT_STATUSES = [
  'new',
  'acknowledged',
  'investigating',
  'resolved',
  'false_positive',
] as const;
/** One of {@link ALERT_STATUSES}. */
export type AlertStatus = (typeof ALERT_STATUSES)[number];
