import type { ApiObject } from './api-client.ts';
import type { Column } from './table.ts';

/** How an alert is shown in a line. */
export const ALERT_COLUMNS: readonly Column<ApiObject>[] = [
  { heading: 'SEVERITY', cell: (alert) => alert.severity, right: true },
  { heading: 'TIME', cell: (alert) => alert.last_event_at ?? alert.timestamp },
  { heading: 'RULE', cell: (alert) => alert.rule_name, widthMax: 32 },
  { heading: 'TITLE', cell: (alert) => alert.title ?? alert.description, widthMax: 60 },
  { heading: 'ACTOR', cell: (alert) => partyName(alert.actor), widthMax: 24 },
  { heading: 'EVENTS', cell: (alert) => alert.event_count, right: true },
  { heading: 'STATUS', cell: (alert) => alert.status },
  { heading: 'ALERT', cell: (alert) => alert.alert_id },
];

/** How an incident is shown in a line. */
export const INCIDENT_COLUMNS: readonly Column<ApiObject>[] = [
  { heading: 'SEVERITY', cell: (incident) => incident.severity, right: true },
  { heading: 'UPDATED', cell: (incident) => incident.updated_at },
  { heading: 'TITLE', cell: (incident) => incident.title, widthMax: 60 },
  { heading: 'ALERTS', cell: (incident) => incident.alert_count, right: true },
  { heading: 'STATUS', cell: (incident) => incident.status },
  { heading: 'INCIDENT', cell: (incident) => incident.incident_id },
];

/** How a case is shown in a line. */
export const CASE_COLUMNS: readonly Column<ApiObject>[] = [
  { heading: 'SEVERITY', cell: (found) => found.severity, right: true },
  { heading: 'CREATED', cell: (found) => found.created_at },
  { heading: 'TITLE', cell: (found) => found.title, widthMax: 60 },
  { heading: 'ASSIGNED', cell: (found) => found.assigned_to, widthMax: 24 },
  { heading: 'STATUS', cell: (found) => found.status },
  { heading: 'CASE', cell: (found) => found.case_id ?? found.id },
];

/** How an event is shown in a line. */
export const EVENT_COLUMNS: readonly Column<ApiObject>[] = [
  { heading: 'TIME', cell: (event) => event.timestamp },
  { heading: 'SEV', cell: (event) => event.severity, right: true },
  { heading: 'CATEGORY', cell: (event) => event.category },
  { heading: 'SOURCE', cell: (event) => sourceName(event.source), widthMax: 24 },
  { heading: 'ACTOR', cell: (event) => partyName(event.actor), widthMax: 24 },
  { heading: 'ACTION', cell: (event) => event.action, widthMax: 32 },
  { heading: 'OUTCOME', cell: (event) => event.outcome },
  { heading: 'MESSAGE', cell: (event) => event.message, widthMax: 80 },
];

function partyName(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, id } = value as { name?: unknown; id?: unknown };
  return name ?? id;
}

function sourceName(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const { system, integration } = value as { system?: unknown; integration?: unknown };
  return system ?? integration;
}
