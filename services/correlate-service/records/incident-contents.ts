import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { type EntityKeys, entityKeys } from '../domain/entity-keys.ts';
import { countIncidents, INCIDENT_NAMES_MAX } from './incident-rows.ts';

/** The names of every alert that an incident holds. */
export async function namesHeld(
  tx: TenantTransaction,
  tenant: TenantContext,
  incidentId: string,
): Promise<readonly EntityKeys[]> {
  const rows = await tx
    .selectFrom('incident_alerts as m')
    .innerJoin('alerts as a', (join) =>
      join.onRef('a.tenant_id', '=', 'm.tenant_id').onRef('a.alert_id', '=', 'm.alert_id'),
    )
    .select(['a.actor', 'a.hosts', 'a.src_ips', 'a.storm', 'a.repeat_key'])
    .where('m.tenant_id', '=', tenant.tenantId)
    .where('m.incident_id', '=', incidentId)
    .execute();
  return rows.map(({ actor, hosts, src_ips, storm, repeat_key }) =>
    entityKeys({ storm, hosts, src_ips, actor: actor ?? undefined }, repeat_key),
  );
}

/** Computes an incident's counters and names anew from the alerts it holds. */
export async function refreshIncident(
  tx: TenantTransaction,
  tenant: TenantContext,
  incidentId: string,
  now: Date,
): Promise<void> {
  await countIncidents(tx, tenant, [incidentId], now);
  const held = await namesHeld(tx, tenant, incidentId);
  const sorted = (pick: (names: EntityKeys) => readonly string[]): string[] =>
    [...new Set(held.flatMap(pick))].sort().slice(0, INCIDENT_NAMES_MAX);
  await tx
    .updateTable('incidents')
    .set({
      actors: sorted((names) => names.actors),
      hosts: sorted((names) => names.hosts),
      src_ips: sorted((names) => names.srcIps),
    })
    .where('tenant_id', '=', tenant.tenantId)
    .where('incident_id', '=', incidentId)
    .execute();
}
