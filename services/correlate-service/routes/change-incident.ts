import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { INCIDENT_STATUSES, Incident, type IncidentStatus } from '@tocsin/contracts/incident.ts';
import { severityLabel } from '@tocsin/contracts/severity.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { writeOutbox } from '@tocsin/database/outbox.ts';
import { checkIfMatch, etagOf } from '@tocsin/http/etag.ts';
import { idParams, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { checkTransition } from '@tocsin/kernel/transition.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import Type, { type Static } from 'typebox';
import type { CorrelateRouteDeps } from '../correlate-route-deps.ts';
import { INCIDENT_TRANSITIONS, isOpenIncident } from '../domain/incident-transitions.ts';
import { checkUnmerged } from '../domain/merge-checks.ts';
import {
  changeIncident,
  getIncidentForChange,
  type IncidentRow,
  incidentDocument,
} from '../records/incident-queries.ts';
import { addEntries, personEntry } from '../records/incident-timeline.ts';

const body = Type.Object(
  {
    status: Type.Optional(Type.Enum([...INCIDENT_STATUSES] as IncidentStatus[])),
    assignee: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()]),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

/** `PATCH /v1/incidents/{id}`: status and assignee (B-054). */
export function changeIncidentRoute({ database, world }: CorrelateRouteDeps): Route {
  return tenantRoute({
    method: 'PATCH',
    path: '/v1/incidents/{id}',
    operationId: 'changeIncident',
    summary: 'Changes status or assignee of an incident (If-Match)',
    tags: ['incidents'],
    permission: 'incidents:write',
    params: idParams,
    body,
    responses: { 200: Incident },
    handle: async (tenant, request) => {
      const incidentId = pathId(request.params.id, 'incident');
      const now = new Date(world.clock.now());
      const row = await database.inTenant(tenant, async (tx) => {
        const incident = await getIncidentForChange(tx, tenant, incidentId);
        checkIfMatch(request.headers, incident.version);
        const change = changeOf(incident, request.body, now);
        if (change === undefined) return incident;
        const changed = await changeIncident(tx, tenant, incident, change, now);
        await record(tx, tenant, incident, changed, now, request.requestId);
        return changed;
      });
      return { status: 200, body: incidentDocument(row), headers: { etag: etagOf(row.version) } };
    },
  });
}

/** The columns that differ; `undefined` when the incident is already as asked. */
function changeOf(incident: IncidentRow, asked: Static<typeof body>, now: Date) {
  checkUnmerged(incident);
  const status = asked.status ?? incident.status;
  checkTransition(INCIDENT_TRANSITIONS, incident.status, status);
  const assignee = asked.assignee === undefined ? incident.assignee : asked.assignee;
  if (status === incident.status && assignee === incident.assignee) return undefined;
  const resolved_at = isOpenIncident(status) ? null : (incident.resolved_at ?? now);
  return { status, assignee, resolved_at };
}

async function record(
  tx: TenantTransaction,
  tenant: TenantContext,
  before: IncidentRow,
  after: IncidentRow,
  now: Date,
  requestId: string,
): Promise<void> {
  const change = { before: workflow(before), after: workflow(after) };
  const incidentId = after.incident_id;
  const entry = personEntry(tenant, incidentId, `change/${after.version}`, {
    at: now,
    kind: before.status === after.status ? 'assigned' : 'status_changed',
    summary:
      before.status === after.status
        ? `Assigned to ${after.assignee ?? 'nobody'}`
        : `Status changed from ${before.status} to ${after.status}`,
    detail: change,
  });
  await addEntries(tx, [entry]);
  await writeAudit(tx, tenant, {
    action: 'incident.change',
    objectType: 'incident',
    objectId: incidentId,
    ...change,
    requestId,
  });
  const isClosed = after.status === 'closed' && before.status !== 'closed';
  await writeOutbox(tx, tenant, 'secplat.events.notify', {
    event_id: uuidV5(
      TOCSIN_NAMESPACE,
      `incident/${tenant.tenantId}/${incidentId}/${after.version}`,
    ),
    event_type: isClosed ? 'incident.closed' : 'incident.updated',
    ts: now.toISOString(),
    tenant_id: tenant.tenantId,
    org_id: tenant.tenantId,
    request_id: requestId,
    severity: severityLabel(after.severity),
    payload: { incident_id: incidentId, title: after.title, ...change },
  });
}

function workflow({ status, assignee }: IncidentRow): object {
  return { status, assignee };
}
