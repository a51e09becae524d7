import type { IncidentStatus } from '@tocsin/contracts/incident.ts';
import { isOpenIncident } from './incident-transitions.ts';

/** How far apart, in event time, an alert may be from an open incident and still belong to it (design 3.8). */
export const JOIN_WINDOW_MS = 24 * 60 * 60 * 1000;

/** How far back a new incident looks for the ended one that it is a recurrence of. */
export const RECURRENCE_WINDOW_MS = 30 * 24 * 60 * 60 * 1000;

/** Most alerts of one incident. The next alert opens a new incident that is linked to the full one. */
export const INCIDENT_ALERTS_MAX = 1000;

/** An incident as the choice sees it. Times in milliseconds since 1970. */
export interface Candidate {
  readonly incidentId: string;
  readonly status: IncidentStatus;
  readonly firstAlertAt: number;
  readonly lastAlertAt: number;
  readonly alertCount: number;
  readonly keys: ReadonlySet<string>;
}

/** What an alert brings to the choice. */
export interface Joiner {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly keys: readonly string[];
}

/** The open incidents an alert fits, best first, each with the keys that tie it. */
export interface Match<Incident extends Candidate> {
  readonly incident: Incident;
  readonly shared: readonly string[];
}

/**
 * Open incidents that share a name with the alert and lie within {@link JOIN_WINDOW_MS} of it, best first:
 * most shared keys, then the newest last alert, then the smaller id. The first is joined, the rest are
 * noted beside it; incidents are never merged unasked.
 */
export function openMatches<Incident extends Candidate>(
  alert: Joiner,
  candidates: Iterable<Incident>,
): readonly Match<Incident>[] {
  const matches: Match<Incident>[] = [];
  for (const incident of candidates) {
    if (!isOpenIncident(incident.status) || !isNear(alert, incident)) continue;
    const shared = alert.keys.filter((key) => incident.keys.has(key));
    if (shared.length > 0) matches.push({ incident, shared });
  }
  return matches.sort(
    (a, b) =>
      b.shared.length - a.shared.length ||
      b.incident.lastAlertAt - a.incident.lastAlertAt ||
      compareIds(a.incident, b.incident),
  );
}

/** Says whether an incident takes further alerts. */
export function hasRoom(incident: Candidate): boolean {
  return incident.alertCount < INCIDENT_ALERTS_MAX;
}

/**
 * The ended incident that an alert without an open one is a recurrence of: of those that share a name and
 * lie within {@link RECURRENCE_WINDOW_MS}, the one with the newest last alert, then the smaller id.
 */
export function previousIncident<Incident extends Candidate>(
  alert: Joiner,
  candidates: Iterable<Incident>,
): Incident | undefined {
  const ended = [...candidates].filter(
    (incident) =>
      !isOpenIncident(incident.status) &&
      incident.lastAlertAt >= alert.firstAt - RECURRENCE_WINDOW_MS &&
      alert.keys.some((key) => incident.keys.has(key)),
  );
  return ended.sort((a, b) => b.lastAlertAt - a.lastAlertAt || compareIds(a, b))[0];
}

/** Event time decides, so that old events sent today do not join today's incident. */
function isNear(alert: Joiner, incident: Candidate): boolean {
  return (
    alert.firstAt <= incident.lastAlertAt + JOIN_WINDOW_MS &&
    alert.lastAt >= incident.firstAlertAt - JOIN_WINDOW_MS
  );
}

function compareIds(a: Candidate, b: Candidate): number {
  return a.incidentId < b.incidentId ? -1 : 1;
}
