import type { AlertStatus } from '@tocsin/contracts/alert.ts';
import type { AlertTable } from '@tocsin/database/workflow-tables.ts';
import type { Selectable } from 'kysely';
import Type, { type Static } from 'typebox';

/** Statuses as older clients name them. */
export const SCORED_STATUSES = ['new', 'investigating', 'resolved', 'false_positive'] as const;
export type ScoredStatus = (typeof SCORED_STATUSES)[number];

/** An alert as older clients read it. */
export const ScoredRow = Type.Object(
  {
    alert_id: Type.String(),
    event_id: Type.Union([Type.String(), Type.Null()]),
    score: Type.Number({ description: 'Severity of the alert, 0 to 1' }),
    label: Type.String({ description: 'Name of the rule' }),
    status: Type.Enum([...SCORED_STATUSES] as ScoredStatus[]),
    model_version: Type.String(),
    created_at: Type.String(),
  },
  { title: 'Scored alert' },
);

/** Our statuses behind each of theirs: they do not know `acknowledged`. */
export const STATUSES_BEHIND: Readonly<Record<ScoredStatus, readonly AlertStatus[]>> = {
  new: ['new'],
  investigating: ['acknowledged', 'investigating'],
  resolved: ['resolved'],
  false_positive: ['false_positive'],
};

/** The form of an alert on these ports. */
export function scoredRow(row: Selectable<AlertTable>): Static<typeof ScoredRow> {
  return {
    alert_id: row.alert_id,
    event_id: row.related_events[0] ?? null,
    score: row.severity / 10,
    label: row.rule_name,
    status: scoredStatus(row.status),
    model_version: `${row.rule_id}@${row.rule_version}`,
    created_at: row.created_at.toISOString(),
  };
}

/** Their name of a status of ours. */
export function scoredStatus(status: AlertStatus): ScoredStatus {
  return status === 'acknowledged' ? 'investigating' : status;
}
