import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import type { CaseAlertLink } from '@tocsin/database/records/case-alert-link.ts';
import type { IncidentMergeTable } from '@tocsin/database/workflow-tables.ts';
import { type Selectable, sql } from 'kysely';
import { namesHeld } from './incident-contents.ts';

/** What a merge moved: enough to take it back. */
export interface MovedContents {
  readonly addedAlerts: readonly string[];
  readonly movedAlerts: readonly string[];
  readonly addedKeys: readonly string[];
}

/** Gives the target what the source holds. The source keeps its own list, as history. */
export async function moveContents(
  tx: TenantTransaction,
  tenant: TenantContext,
  source: string,
  target: string,
  now: Date,
): Promise<MovedContents> {
  const { rows: added } = await sql<{ alert_id: string }>`
    insert into incident_alerts (tenant_id, incident_id, alert_id, joined_at)
    select tenant_id, ${target}::uuid, alert_id, ${now} from incident_alerts
    where tenant_id = ${tenant.tenantId} and incident_id = ${source}::uuid
    on conflict do nothing returning alert_id`.execute(tx);
  const { rows: moved } = await sql<{ alert_id: string }>`
    update alerts set incident_id = ${target}::uuid, updated_at = ${now}
    where tenant_id = ${tenant.tenantId} and incident_id = ${source}::uuid returning alert_id`.execute(
    tx,
  );
  const { rows: keys } = await sql<{ entity_key: string }>`
    insert into incident_entities (tenant_id, incident_id, entity_key)
    select tenant_id, ${target}::uuid, entity_key from incident_entities
    where tenant_id = ${tenant.tenantId} and incident_id = ${source}::uuid
    on conflict do nothing returning entity_key`.execute(tx);
  return {
    addedAlerts: added.map((row) => row.alert_id),
    movedAlerts: moved.map((row) => row.alert_id),
    addedKeys: keys.map((row) => row.entity_key),
  };
}

/** One source of a merge, as its links are kept. */
export interface MergedSource {
  readonly mergeId: string;
  readonly addedAlerts: readonly string[];
  readonly movedCases: readonly string[];
}

/**
 * Keeps the links that merges into one target made, each with the source it came from: the one that brought the alert,
 * else the one whose case took over the target's alerts.
 */
export async function keepAddedLinks(
  tx: TenantTransaction,
  tenant: TenantContext,
  sources: readonly MergedSource[],
  links: readonly CaseAlertLink[],
): Promise<void> {
  const bySource = Map.groupBy(
    links,
    ({ caseId, alertId }) =>
      sources.find((source) => source.addedAlerts.includes(alertId)) ??
      sources.find((source) => source.movedCases.includes(caseId)),
  );
  for (const [source, added] of bySource) {
    if (source === undefined) continue; // was missing before: no merge's to take back
    await tx
      .updateTable('incident_merges')
      .set({ added_links: JSON.stringify(added) })
      .where('tenant_id', '=', tenant.tenantId)
      .where('merge_id', '=', source.mergeId)
      .execute();
  }
}

/** Takes back what a merge moved. Alerts that joined the target since stay there, with the names they tie by. */
export async function returnContents(
  tx: TenantTransaction,
  tenant: TenantContext,
  merge: Selectable<IncidentMergeTable>,
  now: Date,
): Promise<void> {
  const { incident_id: target, source_id: source } = merge;
  await sql`
    update alerts set incident_id = ${source}::uuid, updated_at = ${now}
    where tenant_id = ${tenant.tenantId} and incident_id = ${target}::uuid
      and alert_id = any(${[...merge.moved_alerts]}::uuid[])`.execute(tx);
  await sql`
    delete from incident_alerts where tenant_id = ${tenant.tenantId} and incident_id = ${target}::uuid
      and alert_id = any(${[...merge.added_alerts]}::uuid[])`.execute(tx);
  const kept = new Set((await namesHeld(tx, tenant, target)).flatMap((names) => names.keys));
  const gone = merge.added_keys.filter((key) => !kept.has(key));
  await sql`
    delete from incident_entities where tenant_id = ${tenant.tenantId} and incident_id = ${target}::uuid
      and entity_key = any(${gone}::text[])`.execute(tx);
}

/** The merge of a source that nobody has undone. */
export function standingMerge(
  tx: TenantTransaction,
  tenant: TenantContext,
  sourceId: string,
): Promise<Selectable<IncidentMergeTable> | undefined> {
  return tx
    .selectFrom('incident_merges')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('source_id', '=', sourceId)
    .where('undone_at', 'is', null)
    .executeTakeFirst();
}
