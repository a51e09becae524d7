import Type, { type Static } from 'typebox';
import { Alert } from './alert.ts';
import { Case } from './case.ts';
import { Incident, TimelineEntry } from './incident.ts';

/** An incident with what belongs to it, as `GET /v1/incidents/{id}` gives it. */
export const IncidentDetail = Type.Object(
  {
    ...Incident.properties,
    /** Newest first. */
    alerts: Type.Array(Alert),
    /** In the order in which it happened. */
    timeline: Type.Array(TimelineEntry),
    /** Newest first; at most one of them is open. */
    cases: Type.Array(Case),
    /** Incidents that are recurrences of this one. */
    next_incident_ids: Type.Array(Type.String()),
  },
  { title: 'Incident in detail' },
);

/** {@link IncidentDetail} as a type. */
export type IncidentDetail = Static<typeof IncidentDetail>;
