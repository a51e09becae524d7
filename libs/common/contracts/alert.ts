import Type, { type Static } from 'typebox';
import { ALERT_STATUSES, type AlertStatus } from './alert-status.ts';

export { ALERT_STATUSES, type AlertStatus };

/** Most event ids an alert names; `event_count` has the whole number. */
export const RELATED_EVENTS_MAX = 100;

const optionalText = Type.Optional(Type.String());
const party = Type.Object({ type: optionalText, id: optionalText, name: optionalText });

/**
 * What detect says of one episode, in absolute values: sending it twice, or late, changes nothing (design 3.6).
 * `revision` grows with every counted event of the episode; the correlator takes only a higher one.
 */
export const ScoredAlert = Type.Object(
  {
    tenant_id: Type.String(),
    /** UUIDv5 of tenant, rule, group key and the event that opened the episode. */
    alert_id: Type.String(),
    revision: Type.Integer(),
    rule_id: Type.String(),
    rule_name: Type.String(),
    rule_version: Type.Integer(),
    severity: Type.Integer({ minimum: 0, maximum: 10 }),
    title: Type.String(),
    description: Type.String(),
    /** Event time of the first and of the last event counted, RFC 3339. */
    first_event_at: Type.String(),
    last_event_at: Type.String(),
    event_count: Type.Integer(),
    /** The weighted sum where the rule has one, else equal to `event_count`. */
    total: Type.Number(),
    related_events: Type.Array(Type.String(), { maxItems: RELATED_EVENTS_MAX }),
    group: Type.Record(Type.String(), Type.String()),
    category: Type.String(),
    actor: Type.Optional(party),
    target: Type.Optional(party),
    /** Names for clustering: source addresses and hosts of the counted events. */
    src_ips: Type.Array(Type.String()),
    hosts: Type.Array(Type.String()),
    tags: Type.Array(Type.String()),
    /** True for the one alert that stands for a rule past its cap. */
    storm: Type.Boolean(),
  },
  { title: 'Scored alert' },
);

/** {@link ScoredAlert} as a type. */
export type ScoredAlert = Static<typeof ScoredAlert>;

/** An alert as the API and the search collection `alerts` give it. */
export const Alert = Type.Object(
  {
    tenant_id: Type.String(),
    alert_id: Type.String(),
    revision: Type.Integer(),
    rule_id: Type.String(),
    rule_name: Type.String(),
    rule_version: Type.Integer(),
    severity: Type.Integer({ minimum: 0, maximum: 10 }),
    severity_label: Type.String(),
    status: Type.Enum([...ALERT_STATUSES] as AlertStatus[]),
    title: Type.String(),
    description: Type.String(),
    category: Type.String(),
    actor: Type.Optional(party),
    target: Type.Optional(party),
    group: Type.Record(Type.String(), Type.String()),
    /** Event time of the newest event counted: what lists are ordered by. Equal to `last_event_at`. */
    timestamp: Type.String(),
    first_event_at: Type.String(),
    last_event_at: Type.String(),
    event_count: Type.Integer(),
    total: Type.Number(),
    related_events: Type.Array(Type.String()),
    src_ips: Type.Array(Type.String()),
    hosts: Type.Array(Type.String()),
    tags: Type.Array(Type.String()),
    storm: Type.Boolean(),
    assignee: Type.Union([Type.String(), Type.Null()]),
    suppressed: Type.Boolean(),
    suppressed_until: Type.Union([Type.String(), Type.Null()]),
    suppress_reason: Type.Union([Type.String(), Type.Null()]),
    incident_id: Type.Union([Type.String(), Type.Null()]),
    created_at: Type.String(),
    updated_at: Type.String(),
    created_by: Type.String(),
    modified_by: Type.String(),
    version: Type.Integer(),
  },
  { title: 'Alert' },
);

/** {@link Alert} as a type. */
export type Alert = Static<typeof Alert>;
