import { Incident } from '@tocsin/contracts/incident.ts';
import { checkIfMatch, etagOf } from '@tocsin/http/etag.ts';
import { idParams, pathId, uuidText } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import Type from 'typebox';
import type { CorrelateRouteDeps } from '../correlate-route-deps.ts';
import { MERGE_SOURCES_MAX } from '../domain/merge-checks.ts';
import { getIncidentForChange, incidentDocument } from '../records/incident-queries.ts';
import { lockCorrelation } from '../records/load-known-state.ts';
import { mergeIncidents, unmergeIncident } from '../records/merge-incidents.ts';

const reason = Type.String({ maxLength: 1000, default: '' });

const mergeBody = Type.Object(
  {
    incident_ids: Type.Array(uuidText, { minItems: 1, maxItems: MERGE_SOURCES_MAX }),
    reason,
  },
  { additionalProperties: false, title: 'Incidents to merge into this one' },
);

const unmergeBody = Type.Optional(
  Type.Object({ reason }, { additionalProperties: false, title: 'Why it is taken out again' }),
);

/** `POST /v1/incidents/{id}/merge`: others become a part of this one. `POST /v1/incidents/{id}/unmerge` undoes it. */
export function mergeIncidentRoutes(deps: CorrelateRouteDeps): readonly Route[] {
  return [mergeRoute(deps), unmergeRoute(deps)];
}

function mergeRoute({ database, world, committed }: CorrelateRouteDeps): Route {
  return tenantRoute({
    method: 'POST',
    path: '/v1/incidents/{id}/merge',
    operationId: 'mergeIncidents',
    summary: 'Merges other incidents into this one (If-Match)',
    tags: ['incidents'],
    permission: 'incidents:write',
    params: idParams,
    body: mergeBody,
    responses: { 200: Incident },
    handle: async (tenant, { params, body, headers, requestId }) => {
      const incidentId = pathId(params.id, 'incident');
      const sources = [...new Set(body.incident_ids.map((id) => id.toLowerCase()))].sort();
      if (sources.includes(incidentId)) {
        const detail = 'names the incident itself';
        throw new Problem('invalid_request', { errors: [{ pointer: '/incident_ids', detail }] });
      }
      const now = new Date(world.clock.now());
      const newId = () => uuidV7(world.clock, world.random);
      const row = await database.inTenant(tenant, async (tx) => {
        await lockCorrelation(tx, tenant);
        const target = await getIncidentForChange(tx, tenant, incidentId);
        checkIfMatch(headers, target.version);
        const occasion = { now, requestId, reason: body.reason, newId };
        return mergeIncidents(tx, tenant, target, sources, occasion);
      });
      committed?.();
      return { status: 200, body: incidentDocument(row), headers: { etag: etagOf(row.version) } };
    },
  });
}

function unmergeRoute({ database, world, committed }: CorrelateRouteDeps): Route {
  return tenantRoute({
    method: 'POST',
    path: '/v1/incidents/{id}/unmerge',
    operationId: 'unmergeIncident',
    summary: 'Takes an incident out of the one it was merged into (If-Match)',
    tags: ['incidents'],
    permission: 'incidents:write',
    params: idParams,
    body: unmergeBody,
    responses: { 200: Incident },
    handle: async (tenant, { params, body, headers, requestId }) => {
      const incidentId = pathId(params.id, 'incident');
      const now = new Date(world.clock.now());
      const row = await database.inTenant(tenant, async (tx) => {
        await lockCorrelation(tx, tenant);
        const source = await getIncidentForChange(tx, tenant, incidentId);
        checkIfMatch(headers, source.version);
        return unmergeIncident(tx, tenant, source, { now, requestId, reason: body?.reason ?? '' });
      });
      committed?.();
      return { status: 200, body: incidentDocument(row), headers: { etag: etagOf(row.version) } };
    },
  });
}
