/** Statuses of an incident (Resolution 8). */
export const INCIDENT_STATUSES = ['new', 'triaged', 'contained', 'resolved', 'closed'] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];
