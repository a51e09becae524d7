/** The words for a severity (Resolution 3). */
export const SEVERITY_LABELS = ['info', 'low', 'medium', 'high', 'critical'] as const;

/** One of {@link SEVERITY_LABELS}. */
export type SeverityLabel = (typeof SEVERITY_LABELS)[number];

const VALUES: Readonly<Record<SeverityLabel, number>> = {
  info: 0,
  low: 2,
  medium: 5,
  high: 8,
  critical: 10,
};

/** The integer (0 to 10) a word stands for. */
export function severityOf(label: SeverityLabel): number {
  return VALUES[label];
}

/** The word for an integer 0 to 10: 0 info, 1-3 low, 4-6 medium, 7-8 high, 9-10 critical. */
export function severityLabel(severity: number): SeverityLabel {
  if (severity <= 0) return 'info';
  if (severity <= 3) return 'low';
  if (severity <= 6) return 'medium';
  return severity <= 8 ? 'high' : 'critical';
}
