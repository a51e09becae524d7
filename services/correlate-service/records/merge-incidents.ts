import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { linkIncidentAlerts, unlinkAlerts } from '@tocsin/database/records/case-alert-link.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { INCIDENT_ALERTS_MAX } from '../domain/choose-incident.ts';
import { isOpenIncident } from '../domain/incident-transitions.ts';
import { checkMerge, checkUnmerged } from '../domain/merge-checks.ts';
import { refreshIncident } from './incident-contents.ts';
import {
  changeIncident,
  getIncident,
  getIncidentForChange,
  type IncidentRow,
} from './incident-queries.ts';
import {
  keepAddedLinks,
  type MergedSource,
  moveContents,
  returnContents,
  standingMerge,
} from './merge-rows.ts';
import { moveOpenCases } from './move-cases.ts';
import { recordMerge } from './record-merge.ts';

/** Who merges, when and why. */
export interface MergeOccasion {
  readonly now: Date;
  readonly requestId: string;
  readonly reason: string;
  /** A new UUID for each merge. */
  readonly newId: () => string;
}

/**
 * Merges sources into a target, all or none: their alerts and names become the target's, and they are closed. The
 * caller holds the tenant's correlation lock and the target.
 *
 * @throws Problem `not_found`; `conflict` when one is merged already, the target has ended, or it would hold too many alerts
 */
export async function mergeIncidents(
  tx: TenantTransaction,
  tenant: TenantContext,
  target: IncidentRow,
  sourceIds: readonly string[],
  occasion: MergeOccasion,
): Promise<IncidentRow> {
  const merged: MergedSource[] = [];
  for (const sourceId of sourceIds) {
    merged.push(await mergeOne(tx, tenant, target, sourceId, occasion));
  }
  const { now, requestId, reason } = occasion;
  await refreshIncident(tx, tenant, target.incident_id, now);
  const links = await linkIncidentAlerts(tx, tenant, [target.incident_id], now);
  await keepAddedLinks(tx, tenant, merged, links);
  const after = await changeIncident(tx, tenant, target, {}, now);
  checkRoom(after);
  await recordMerge(tx, tenant, {
    action: 'incident.merge',
    before: target,
    after,
    summary:
      sourceIds.length === 1 ? 'An incident was merged into it' : 'Incidents were merged into it',
    detail: { merged_incident_ids: sourceIds, reason },
    now,
    requestId,
  });
  return after;
}

async function mergeOne(
  tx: TenantTransaction,
  tenant: TenantContext,
  target: IncidentRow,
  sourceId: string,
  { now, requestId, reason, newId }: MergeOccasion,
): Promise<MergedSource> {
  const source = await getIncidentForChange(tx, tenant, sourceId);
  checkMerge(target, source);
  const moved = await moveContents(tx, tenant, sourceId, target.incident_id, now);
  const cases = { from: sourceId, to: target.incident_id, now, requestId };
  const movedCases = await moveOpenCases(tx, tenant, cases);
  const after = await changeIncident(
    tx,
    tenant,
    source,
    {
      status: 'closed',
      resolved_at: source.resolved_at ?? now,
      merged_into: target.incident_id,
    },
    now,
  );
  const mergeId = newId();
  await tx
    .insertInto('incident_merges')
    .values({
      tenant_id: tenant.tenantId,
      merge_id: mergeId,
      incident_id: target.incident_id,
      source_id: sourceId,
      reason,
      source_before: JSON.stringify({
        status: source.status,
        resolved_at: source.resolved_at?.toISOString() ?? null,
      }),
      added_alerts: moved.addedAlerts,
      moved_alerts: moved.movedAlerts,
      added_keys: moved.addedKeys,
      moved_cases: movedCases,
      merged_at: now,
      merged_by: tenant.actor,
      undone_at: null,
      undone_by: null,
    })
    .execute();
  await recordMerge(tx, tenant, {
    action: 'incident.merge',
    before: source,
    after,
    summary: 'Merged into another incident',
    detail: { merged_into: target.incident_id, reason },
    now,
    requestId,
  });
  return { mergeId, addedAlerts: moved.addedAlerts, movedCases };
}

/**
 * Undoes the merge of a source: it is again what it was, and holds the alerts it had. What joined the target since stays there.
 *
 * @throws Problem `conflict` when it is not merged, or its target was merged further: that merge is undone first
 */
export async function unmergeIncident(
  tx: TenantTransaction,
  tenant: TenantContext,
  source: IncidentRow,
  { now, requestId, reason }: Omit<MergeOccasion, 'newId'>,
): Promise<IncidentRow> {
  const merge = await standingMerge(tx, tenant, source.incident_id);
  if (merge === undefined) {
    throw new Problem('conflict', { detail: 'the incident is not merged into another' });
  }
  const target = await getIncidentForChange(tx, tenant, merge.incident_id);
  checkUnmerged(target);
  await returnContents(tx, tenant, merge, now);
  await tx
    .updateTable('incident_merges')
    .set({ undone_at: now, undone_by: tenant.actor })
    .where('tenant_id', '=', tenant.tenantId)
    .where('merge_id', '=', merge.merge_id)
    .execute();
  const { status, resolved_at } = merge.source_before;
  const resolved = resolved_at === null ? null : new Date(resolved_at);
  const back = { status, resolved_at: isOpenIncident(status) ? null : resolved, merged_into: null };
  await changeIncident(tx, tenant, source, back, now);
  const cases = { from: target.incident_id, to: source.incident_id, now, requestId };
  await moveOpenCases(tx, tenant, { ...cases, only: merge.moved_cases });
  const { added_links: links, merged_at: linkedAt } = merge;
  await unlinkAlerts(tx, tenant, links, { linkedAt, now, requestId });
  await refreshIncident(tx, tenant, source.incident_id, now);
  await refreshIncident(tx, tenant, target.incident_id, now);
  const targetAfter = await changeIncident(tx, tenant, target, {}, now);
  const after = await getIncident(tx, tenant, source.incident_id);
  const common = { action: 'incident.unmerge', now, requestId } as const;
  await recordMerge(tx, tenant, {
    ...common,
    before: source,
    after,
    summary: 'Taken out of another incident again',
    detail: { unmerged_from: target.incident_id, reason },
  });
  await recordMerge(tx, tenant, {
    ...common,
    before: target,
    after: targetAfter,
    summary: 'An incident was taken out of it again',
    detail: { unmerged_incident_id: source.incident_id, reason },
  });
  return after;
}

function checkRoom({ alert_count }: IncidentRow): void {
  if (alert_count <= INCIDENT_ALERTS_MAX) return;
  throw new Problem('conflict', {
    detail: `an incident holds at most ${INCIDENT_ALERTS_MAX} alerts; together these have ${alert_count}`,
  });
}
