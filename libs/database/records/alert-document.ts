import type { Alert } from '@tocsin/contracts/alert.ts';
import { severityLabel } from '@tocsin/contracts/severity.ts';
import type { Selectable } from 'kysely';
import type { AlertTable, PartyColumn } from '../workflow-tables.ts';

/**
 * The wire form of an alert row: what `GET /v1/alerts` answers and the search collection `alerts` returns.
 * `nowMs` (milliseconds since 1970) decides whether a suppression still holds.
 */
export function alertDocument(row: Selectable<AlertTable>, nowMs: number): Alert {
  return {
    tenant_id: row.tenant_id,
    alert_id: row.alert_id,
    revision: row.revision,
    rule_id: row.rule_id,
    rule_name: row.rule_name,
    rule_version: row.rule_version,
    severity: row.severity,
    severity_label: severityLabel(row.severity),
    status: row.status,
    title: row.title,
    description: row.description,
    category: row.category,
    ...(row.actor === null ? {} : { actor: party(row.actor) }),
    ...(row.target === null ? {} : { target: party(row.target) }),
    group: { ...row.group_values },
    timestamp: row.last_event_at.toISOString(),
    first_event_at: row.first_event_at.toISOString(),
    last_event_at: row.last_event_at.toISOString(),
    event_count: Number(row.event_count),
    total: row.total,
    related_events: [...row.related_events],
    src_ips: [...row.src_ips],
    hosts: [...row.hosts],
    tags: [...row.tags],
    storm: row.storm,
    assignee: row.assignee,
    suppressed: row.suppressed_until !== null && row.suppressed_until.getTime() > nowMs,
    suppressed_until: row.suppressed_until?.toISOString() ?? null,
    suppress_reason: row.suppress_reason,
    incident_id: row.incident_id,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    created_by: row.created_by,
    modified_by: row.modified_by,
    version: row.version,
  };
}

function party(column: PartyColumn): { type?: string; id?: string; name?: string } {
  return {
    ...(column.type === undefined ? {} : { type: column.type }),
    ...(column.id === undefined ? {} : { id: column.id }),
    ...(column.name === undefined ? {} : { name: column.name }),
  };
}
