import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { OPEN_CASE_STATUSES } from '@tocsin/contracts/case.ts';
import { OPEN_INCIDENT_STATUSES } from '@tocsin/contracts/incident.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { sql } from 'kysely';
import { JOIN_WINDOW_MS, RECURRENCE_WINDOW_MS } from '../domain/choose-incident.ts';
import type { IncomingAlert } from '../domain/correlation-plan.ts';
import type {
  KnownAlert,
  KnownIncident,
  KnownState,
  KnownSuppression,
} from '../domain/known-state.ts';

/**
 * Waits until no other transaction correlates for the tenant, and keeps them out until this one ends.
 * The bus gives each shard one owner; this holds even while two believe to be it.
 */
export async function lockCorrelation(tx: TenantTransaction, tenant: TenantContext): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`correlate/${tenant.tenantId}`}, 0))`.execute(
    tx,
  );
}

/** Reads what decisions about these alerts are made from, and locks the incidents against changes by people. */
export async function loadKnownState(
  tx: TenantTransaction,
  tenant: TenantContext,
  incoming: readonly IncomingAlert[],
  now: Date,
): Promise<KnownState> {
  const alerts = await knownAlerts(tx, tenant, incoming);
  const keys = [...new Set(incoming.flatMap((alert) => alert.names.keys))];
  const candidates = await candidateIds(tx, tenant, incoming, keys);
  const ids = new Set([...candidates, ...alerts.flatMap((alert) => alert.incidentId ?? [])]);
  return {
    alerts,
    incidents: await knownIncidents(tx, tenant, [...ids].sort(), keys),
    suppressions: await knownSuppressions(tx, tenant, incoming, now),
  };
}

async function knownAlerts(
  tx: TenantTransaction,
  tenant: TenantContext,
  incoming: readonly IncomingAlert[],
): Promise<readonly KnownAlert[]> {
  const ids = [...new Set(incoming.map((alert) => alert.alert.alert_id))];
  const rows = await tx
    .selectFrom('alerts')
    .select(['alert_id', 'revision', 'status', 'incident_id', 'suppressed_until', 'last_event_at'])
    .where('tenant_id', '=', tenant.tenantId)
    .where('alert_id', '=', sql<string>`any(${ids}::uuid[])`)
    .orderBy('alert_id')
    .forNoKeyUpdate()
    .execute();
  return rows.map((row) => ({
    alertId: row.alert_id,
    revision: row.revision,
    status: row.status,
    incidentId: row.incident_id,
    suppressedUntil: row.suppressed_until?.getTime() ?? null,
    lastEventAt: row.last_event_at.getTime(),
  }));
}

/** Open incidents near enough in time, and of the ended ones the newest for each key. */
async function candidateIds(
  tx: TenantTransaction,
  tenant: TenantContext,
  incoming: readonly IncomingAlert[],
  keys: readonly string[],
): Promise<readonly string[]> {
  const first = Math.min(...incoming.map((alert) => alert.firstAt));
  const last = Math.max(...incoming.map((alert) => alert.lastAt));
  const { rows } = await sql<{ incident_id: string }>`
    with tied as (
      select e.entity_key, i.incident_id, i.status, i.first_alert_at, i.last_alert_at
      from incident_entities e join incidents i using (tenant_id, incident_id)
      where e.tenant_id = ${tenant.tenantId} and e.entity_key = any(${keys}) and i.merged_into is null
        and i.last_alert_at >= ${new Date(Math.max(0, first - RECURRENCE_WINDOW_MS))}
    )
    select incident_id from tied
    where status = any(${[...OPEN_INCIDENT_STATUSES]})
      and last_alert_at >= ${new Date(Math.max(0, first - JOIN_WINDOW_MS))}
      and first_alert_at <= ${new Date(last + JOIN_WINDOW_MS)}
    union
    (select distinct on (entity_key) incident_id from tied
     where status <> all(${[...OPEN_INCIDENT_STATUSES]})
     order by entity_key, last_alert_at desc, incident_id)`.execute(tx);
  return rows.map((row) => row.incident_id);
}

async function knownIncidents(
  tx: TenantTransaction,
  tenant: TenantContext,
  ids: readonly string[],
  keys: readonly string[],
): Promise<readonly KnownIncident[]> {
  if (ids.length === 0) return [];
  await lockIncidents(tx, tenant, ids);
  const rows = await tx
    .selectFrom('incidents as i')
    .select(['i.incident_id', 'i.status', 'i.first_alert_at', 'i.last_alert_at', 'i.alert_count'])
    .select([
      sql<string[]>`array(select e.entity_key from incident_entities e
        where e.tenant_id = i.tenant_id and e.incident_id = i.incident_id
          and e.entity_key = any(${keys}))`.as('keys'),
      sql<number>`(select count(*)::integer from incident_entities e
        where e.tenant_id = i.tenant_id and e.incident_id = i.incident_id)`.as('key_count'),
      sql<string | null>`(select c.case_id from cases c
        where c.tenant_id = i.tenant_id and c.incident_id = i.incident_id
          and c.status = any(${[...OPEN_CASE_STATUSES]}))`.as('open_case_id'),
      sql<boolean>`exists (select 1 from cases c
        where c.tenant_id = i.tenant_id and c.incident_id = i.incident_id)`.as('had_case'),
    ])
    .where('i.tenant_id', '=', tenant.tenantId)
    .where('i.incident_id', '=', sql<string>`any(${ids}::uuid[])`)
    .execute();
  return rows.map((row) => ({
    incidentId: row.incident_id,
    status: row.status,
    firstAlertAt: row.first_alert_at.getTime(),
    lastAlertAt: row.last_alert_at.getTime(),
    alertCount: row.alert_count,
    keys: row.keys,
    keyCount: row.key_count,
    openCaseId: row.open_case_id,
    hadCase: row.had_case,
  }));
}

/** A statement of its own: one that waits for a lock still sees the other tables as they were before. */
async function lockIncidents(
  tx: TenantTransaction,
  tenant: TenantContext,
  ids: readonly string[],
): Promise<void> {
  await tx
    .selectFrom('incidents')
    .select('incident_id')
    .where('tenant_id', '=', tenant.tenantId)
    .where('incident_id', '=', sql<string>`any(${ids}::uuid[])`)
    .orderBy('incident_id')
    .forNoKeyUpdate()
    .execute();
}

async function knownSuppressions(
  tx: TenantTransaction,
  tenant: TenantContext,
  incoming: readonly IncomingAlert[],
  now: Date,
): Promise<ReadonlyMap<string, KnownSuppression>> {
  const repeatKeys = [...new Set(incoming.map((alert) => alert.repeatKey))];
  const rows = await tx
    .selectFrom('alerts')
    .distinctOn('repeat_key')
    .select(['repeat_key', 'suppressed_until', 'suppress_reason'])
    .where('tenant_id', '=', tenant.tenantId)
    .where('repeat_key', '=', sql<string>`any(${repeatKeys})`)
    .where('suppressed_until', '>', now)
    .orderBy('repeat_key')
    .orderBy('suppressed_until', 'desc')
    .execute();
  return new Map(
    rows.flatMap((row) =>
      row.suppressed_until === null
        ? []
        : [
            [
              row.repeat_key,
              { until: row.suppressed_until.getTime(), reason: row.suppress_reason },
            ],
          ],
    ),
  );
}
