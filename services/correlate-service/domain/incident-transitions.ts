import { type IncidentStatus, OPEN_INCIDENT_STATUSES } from '@tocsin/contracts/incident.ts';
import type { TransitionTable } from '@tocsin/kernel/transition.ts';

/** How people may move an incident (Resolution 8). From an end it goes back to `new` only: the explicit reopening. */
export const INCIDENT_TRANSITIONS: TransitionTable<IncidentStatus> = {
  new: ['triaged', 'contained', 'resolved', 'closed'],
  triaged: ['contained', 'resolved', 'closed'],
  contained: ['triaged', 'resolved', 'closed'],
  resolved: ['closed', 'new'],
  closed: ['new'],
};

/** Says whether an incident still takes alerts. A recurrence after an end opens a new incident. */
export function isOpenIncident(status: IncidentStatus): boolean {
  return OPEN_INCIDENT_STATUSES.some((open) => open === status);
}
