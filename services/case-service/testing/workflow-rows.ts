import { randomUUID } from 'node:crypto';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Database } from '@tocsin/database/database.ts';

const NOW = new Date('2026-01-01T12:00:00.000Z');
const CHANGED = { created_at: NOW, updated_at: NOW, created_by: 'test', modified_by: 'test' };

/** Stores a plain alert as the correlator would, and gives its id. */
export async function insertAlert(database: Database, tenant: TenantContext): Promise<string> {
  const alertId = randomUUID();
  await database.inTenant(tenant, (tx) =>
    tx
      .insertInto('alerts')
      .values({
        tenant_id: tenant.tenantId,
        alert_id: alertId,
        revision: 1,
        rule_id: 'r',
        rule_name: 'r',
        rule_version: 1,
        severity: 5,
        title: 'An alert',
        description: '',
        category: 'auth',
        actor: null,
        target: null,
        group_values: '{}',
        repeat_key: 'repeat:r',
        first_event_at: NOW,
        last_event_at: NOW,
        event_count: 1,
        total: 1,
        related_events: '[]',
        src_ips: [],
        hosts: [],
        tags: [],
        storm: false,
        assignee: null,
        suppressed_until: null,
        suppress_reason: null,
        incident_id: null,
        ...CHANGED,
      })
      .execute(),
  );
  return alertId;
}

/** Stores an incident that holds one alert, and gives both ids. */
export async function insertIncident(
  database: Database,
  tenant: TenantContext,
): Promise<{ incidentId: string; alertId: string }> {
  const alertId = await insertAlert(database, tenant);
  const incidentId = randomUUID();
  const key = { tenant_id: tenant.tenantId, incident_id: incidentId };
  await database.inTenant(tenant, async (tx) => {
    await tx
      .insertInto('incidents')
      .values({
        ...key,
        incident_key: `alert:${alertId}`,
        severity: 5,
        title: 'An incident',
        actors: [],
        hosts: [],
        src_ips: [],
        first_alert_at: NOW,
        last_alert_at: NOW,
        previous_incident_id: null,
        assignee: null,
        resolved_at: null,
        ...CHANGED,
      })
      .execute();
    await tx
      .insertInto('incident_alerts')
      .values({ ...key, alert_id: alertId, joined_at: NOW })
      .execute();
  });
  return { incidentId, alertId };
}
