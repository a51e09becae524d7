import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { sql } from 'kysely';
import type { CorrelationPlan, IncidentName, IncidentOpening } from '../domain/correlation-plan.ts';

/** Most actors, hosts and addresses an incident shows of each kind; what ties alerts is kept apart. */
export const INCIDENT_NAMES_MAX = 100;

/** Inserts incidents to open. Counters follow from their alerts ({@link countIncidents}). */
export async function insertIncidents(
  tx: TenantTransaction,
  tenant: TenantContext,
  openings: readonly IncidentOpening[],
  now: Date,
): Promise<void> {
  if (openings.length === 0) return;
  await tx
    .insertInto('incidents')
    .values(
      openings.map(({ incidentId, incidentKey, opener, previousIncidentId }) => ({
        tenant_id: tenant.tenantId,
        incident_id: incidentId,
        incident_key: incidentKey,
        severity: opener.alert.severity,
        title: opener.alert.title,
        actors: [],
        hosts: [],
        src_ips: [],
        first_alert_at: new Date(opener.firstAt),
        last_alert_at: new Date(opener.lastAt),
        previous_incident_id: previousIncidentId,
        assignee: null,
        resolved_at: null,
        created_at: now,
        updated_at: now,
        created_by: tenant.actor,
        modified_by: tenant.actor,
      })),
    )
    .execute();
}

/** Records which alerts belong to which incident, and the names that tie later ones. */
export async function insertMembers(
  tx: TenantTransaction,
  tenant: TenantContext,
  plan: CorrelationPlan,
  now: Date,
): Promise<void> {
  if (plan.joins.length > 0) {
    await tx
      .insertInto('incident_alerts')
      .values(
        plan.joins.map(({ incidentId, incoming }) => ({
          tenant_id: tenant.tenantId,
          incident_id: incidentId,
          alert_id: incoming.alert.alert_id,
          joined_at: now,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  if (plan.newKeys.length > 0) {
    await sql`
      insert into incident_entities (tenant_id, incident_id, entity_key)
      select ${tenant.tenantId}, * from unnest(
        ${plan.newKeys.map((entry) => entry.incidentId)}::uuid[],
        ${plan.newKeys.map((entry) => entry.key)}::text[])
      on conflict do nothing`.execute(tx);
  }
}

/**
 * Computes counters, times, severity, title and names of incidents from the alerts they hold: absolute values, so
 * that doing it again changes nothing. The title is that of the severest alert, of those the earliest.
 *
 * Without statistics of fresh rows PostgreSQL would count anew for each incident of the tenant: it counts once because
 * the count is materialized, and looks only at these incidents because the update names them.
 */
export async function countIncidents(
  tx: TenantTransaction,
  tenant: TenantContext,
  incidentIds: readonly string[],
  now: Date,
): Promise<void> {
  if (incidentIds.length === 0) return;
  await sql`
    with held as (
      select m.incident_id, a.alert_id, a.severity, a.title, a.first_event_at, a.last_event_at
      from incident_alerts m join alerts a using (tenant_id, alert_id)
      where m.tenant_id = ${tenant.tenantId} and m.incident_id = any(${incidentIds}::uuid[])
    ), counted as materialized (
      select incident_id, count(*)::integer as alert_count, max(severity) as severity,
        min(first_event_at) as first_alert_at, max(last_event_at) as last_alert_at,
        (array_agg(title order by severity desc, first_event_at, alert_id))[1] as title
      from held group by incident_id
    )
    update incidents i set
      alert_count = c.alert_count, severity = c.severity, title = c.title,
      first_alert_at = c.first_alert_at, last_alert_at = c.last_alert_at, updated_at = ${now}
    from counted c
    where i.tenant_id = ${tenant.tenantId} and i.incident_id = c.incident_id
      and i.incident_id = any(${incidentIds}::uuid[])`.execute(tx);
}

/** Adds the names that people read: actors, hosts and source addresses, sorted, each once, bounded. */
export async function addIncidentNames(
  tx: TenantTransaction,
  tenant: TenantContext,
  names: readonly IncidentName[],
): Promise<void> {
  if (names.length === 0) return;
  await sql`
    with given as (
      select * from unnest(${names.map((given) => given.incidentId)}::uuid[],
        ${names.map((given) => given.kind)}::text[], ${names.map((given) => given.name)}::text[]) as g (incident_id, kind, name)
    ), grouped as materialized (
      select incident_id,
        coalesce(array_agg(name) filter (where kind = 'actors'), '{}') as actors,
        coalesce(array_agg(name) filter (where kind = 'hosts'), '{}') as hosts,
        coalesce(array_agg(name) filter (where kind = 'srcIps'), '{}') as src_ips
      from given group by incident_id
    )
    update incidents i set
      actors = array(select distinct unnest(i.actors || g.actors) order by 1 limit ${INCIDENT_NAMES_MAX}),
      hosts = array(select distinct unnest(i.hosts || g.hosts) order by 1 limit ${INCIDENT_NAMES_MAX}),
      src_ips = array(select distinct unnest(i.src_ips || g.src_ips) order by 1 limit ${INCIDENT_NAMES_MAX})
    from grouped g
    where i.tenant_id = ${tenant.tenantId} and i.incident_id = g.incident_id
      and i.incident_id = any(${names.map((given) => given.incidentId)}::uuid[])`.execute(tx);
}
