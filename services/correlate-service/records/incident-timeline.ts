import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { OPENING_ENTRY_ID } from '@tocsin/database/records/case-timeline.ts';
import type { IncidentTimelineTable } from '@tocsin/database/workflow-tables.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import { type Insertable, sql } from 'kysely';
import type { CorrelationPlan, IncomingAlert } from '../domain/correlation-plan.ts';

type Entry = Insertable<IncidentTimelineTable>;

/** Writes what the plan did to its incidents: one entry for each alert, brought up to date by its revisions. */
export async function writeIncidentTimeline(
  tx: TenantTransaction,
  tenant: TenantContext,
  plan: CorrelationPlan,
  now: Date,
): Promise<void> {
  await addEntries(tx, [
    ...plan.openings.flatMap((opening) => openingEntries(tenant, opening, now)),
    ...plan.cases.map((opening) =>
      entry(tenant, opening.incidentId, `case/${opening.caseId}`, {
        at: now,
        recorded_at: now,
        kind: 'case_opened',
        summary: 'A case was opened',
        detail: { case_id: opening.caseId },
      }),
    ),
  ]);
  await putAlertEntries(tx, tenant, plan, now);
}

/** Adds entries that are made once. */
export async function addEntries(tx: TenantTransaction, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx
    .insertInto('incident_timeline')
    .values([...entries])
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** An entry for what a person did. `name` is unique within the incident. */
export function personEntry(
  tenant: TenantContext,
  incidentId: string,
  name: string,
  what: {
    readonly at: Date;
    readonly kind: string;
    readonly summary: string;
    readonly detail: object;
  },
): Entry {
  return entry(tenant, incidentId, name, { ...what, recorded_at: what.at });
}

function openingEntries(
  tenant: TenantContext,
  { incidentId, opener, previousIncidentId }: CorrelationPlan['openings'][number],
  now: Date,
): readonly Entry[] {
  const detail = previousIncidentId === null ? {} : { previous_incident_id: previousIncidentId };
  const opened = entry(tenant, incidentId, 'opened', {
    at: new Date(opener.firstAt),
    recorded_at: now,
    kind: 'opened',
    summary:
      previousIncidentId === null ? 'Incident opened' : 'Incident opened: an earlier one recurs',
    detail,
  });
  if (previousIncidentId === null) return [opened];
  const recurred = entry(tenant, previousIncidentId, `recurred/${incidentId}`, {
    at: new Date(opener.firstAt),
    recorded_at: now,
    kind: 'recurred',
    summary: 'It recurs: a new incident was opened',
    detail: { next_incident_id: incidentId },
  });
  return [opened, recurred];
}

async function putAlertEntries(
  tx: TenantTransaction,
  tenant: TenantContext,
  plan: CorrelationPlan,
  now: Date,
): Promise<void> {
  if (plan.members.length === 0) return;
  const joins = new Map(
    plan.joins.map((join) => [`${join.incidentId}/${join.incoming.alert.alert_id}`, join]),
  );
  const entries = plan.members.map(({ incidentId, incoming }) => {
    const join = joins.get(`${incidentId}/${incoming.alert.alert_id}`);
    const why = join === undefined ? {} : { shared: join.shared, also_matches: join.alsoMatches };
    return {
      ...entry(tenant, incidentId, `alert/${incoming.alert.alert_id}`, {
        at: new Date(incoming.firstAt),
        recorded_at: now,
        kind: 'alert',
        summary: alertSummary(incoming),
        detail: { ...alertDetail(incoming), ...why },
      }),
      alert_id: incoming.alert.alert_id,
    };
  });
  await tx
    .insertInto('incident_timeline')
    .values(entries)
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'incident_id', 'entry_id']).doUpdateSet((row) => ({
        at: row.ref('excluded.at'),
        summary: row.ref('excluded.summary'),
        // What tied it to the incident was said when it joined, and stays.
        detail: sql`incident_timeline.detail || excluded.detail`,
      })),
    )
    .execute();
}

function alertSummary({ alert }: IncomingAlert): string {
  const times = alert.event_count === 1 ? '' : ` (${alert.event_count} events)`;
  return `${alert.title || alert.rule_name}${times}`;
}

function alertDetail({ alert, lastAt }: IncomingAlert): object {
  return {
    rule_id: alert.rule_id,
    rule_name: alert.rule_name,
    severity: alert.severity,
    event_count: alert.event_count,
    last_event_at: new Date(lastAt).toISOString(),
  };
}

function entry(
  tenant: TenantContext,
  incidentId: string,
  name: string,
  what: Pick<Entry, 'at' | 'recorded_at' | 'kind' | 'summary'> & { readonly detail: object },
): Entry {
  return {
    tenant_id: tenant.tenantId,
    incident_id: incidentId,
    entry_id:
      what.kind === 'opened'
        ? OPENING_ENTRY_ID
        : uuidV5(TOCSIN_NAMESPACE, `incident-timeline/${incidentId}/${name}`),
    actor: tenant.actor,
    alert_id: null,
    ...what,
    detail: JSON.stringify(what.detail),
  };
}
