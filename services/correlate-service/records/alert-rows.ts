import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import type { AlertTable } from '@tocsin/database/workflow-tables.ts';
import { type Insertable, sql } from 'kysely';
import type { AlertWrite } from '../domain/correlation-plan.ts';

/** Rows of one statement: 30 columns each, and PostgreSQL takes 65,535 parameters. */
const ROWS_PER_STATEMENT = 1000;

/** What a revision replaces. Status, assignee and suppression are people's and stay (design 3.8). */
const REPLACED = [
  'revision',
  'rule_id',
  'rule_name',
  'rule_version',
  'severity',
  'title',
  'description',
  'category',
  'actor',
  'target',
  'group_values',
  'repeat_key',
  'first_event_at',
  'last_event_at',
  'event_count',
  'total',
  'related_events',
  'src_ips',
  'hosts',
  'tags',
  'storm',
  'incident_id',
  'updated_at',
] as const satisfies readonly (keyof AlertTable)[];

/** Inserts alerts, or replaces what detect says of them when the revision is higher than the stored one. */
export async function upsertAlerts(
  tx: TenantTransaction,
  tenant: TenantContext,
  writes: readonly AlertWrite[],
  now: Date,
): Promise<void> {
  for (let start = 0; start < writes.length; start += ROWS_PER_STATEMENT) {
    const rows = writes.slice(start, start + ROWS_PER_STATEMENT);
    await tx
      .insertInto('alerts')
      .values(rows.map((write) => alertRow(tenant, write, now)))
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'alert_id'])
          .doUpdateSet((row) =>
            Object.fromEntries(REPLACED.map((column) => [column, row.ref(`excluded.${column}`)])),
          )
          .where('alerts.revision', '<', sql<number>`excluded.revision`),
      )
      .execute();
  }
}

function alertRow(
  tenant: TenantContext,
  { incoming, incidentId, suppressedUntil, suppressReason }: AlertWrite,
  now: Date,
): Insertable<AlertTable> {
  const { alert } = incoming;
  return {
    tenant_id: tenant.tenantId,
    alert_id: alert.alert_id,
    revision: alert.revision,
    rule_id: alert.rule_id,
    rule_name: alert.rule_name,
    rule_version: alert.rule_version,
    severity: alert.severity,
    title: alert.title,
    description: alert.description,
    category: alert.category,
    actor: alert.actor === undefined ? null : JSON.stringify(alert.actor),
    target: alert.target === undefined ? null : JSON.stringify(alert.target),
    group_values: JSON.stringify(alert.group),
    repeat_key: incoming.repeatKey,
    first_event_at: new Date(incoming.firstAt),
    last_event_at: new Date(incoming.lastAt),
    event_count: alert.event_count,
    total: alert.total,
    related_events: JSON.stringify(alert.related_events),
    src_ips: alert.src_ips,
    hosts: alert.hosts,
    tags: alert.tags,
    storm: alert.storm,
    assignee: null,
    suppressed_until: suppressedUntil === null ? null : new Date(suppressedUntil),
    suppress_reason: suppressReason,
    incident_id: incidentId,
    created_at: now,
    updated_at: now,
    created_by: tenant.actor,
    modified_by: tenant.actor,
  };
}
