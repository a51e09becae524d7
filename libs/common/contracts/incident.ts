import Type, { type Static } from 'typebox';

/** Statuses of an incident (Resolution 8). */
export const INCIDENT_STATUSES = ['new', 'triaged', 'contained', 'resolved', 'closed'] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];

/** The statuses in which an incident takes further alerts. */
export const OPEN_INCIDENT_STATUSES = ['new', 'triaged', 'contained'] as const;

const textOrNull = Type.Union([Type.String(), Type.Null()]);

/** An incident as the API gives it in lists. */
export const Incident = Type.Object(
  {
    tenant_id: Type.String(),
    incident_id: Type.String(),
    incident_key: Type.String(),
    status: Type.Enum([...INCIDENT_STATUSES] as IncidentStatus[]),
    severity: Type.Integer({ minimum: 0, maximum: 10 }),
    severity_label: Type.String(),
    title: Type.String(),
    entities: Type.Object({
      actors: Type.Array(Type.String()),
      hosts: Type.Array(Type.String()),
      src_ips: Type.Array(Type.String()),
    }),
    first_alert_at: Type.String(),
    last_alert_at: Type.String(),
    alert_count: Type.Integer(),
    previous_incident_id: textOrNull,
    /** The incident that people merged this one into; it is closed and unchangeable until it is unmerged. */
    merged_into: textOrNull,
    assignee: textOrNull,
    resolved_at: textOrNull,
    created_at: Type.String(),
    updated_at: Type.String(),
    created_by: Type.String(),
    modified_by: Type.String(),
    version: Type.Integer(),
  },
  { title: 'Incident' },
);

/** {@link Incident} as a type. */
export type Incident = Static<typeof Incident>;

/** One entry of an incident's or a case's timeline. */
export const TimelineEntry = Type.Object(
  {
    id: Type.String(),
    /** When it happened: event time of an alert, wall time of what people did. */
    at: Type.String(),
    kind: Type.String(),
    actor: Type.String(),
    summary: Type.String(),
    alert_id: Type.Optional(Type.String()),
    detail: Type.Record(Type.String(), Type.Unknown()),
  },
  { title: 'Timeline entry' },
);

/** {@link TimelineEntry} as a type. */
export type TimelineEntry = Static<typeof TimelineEntry>;
