import { IncidentDetail } from '@tocsin/contracts/incident-detail.ts';
import { etagOf } from '@tocsin/http/etag.ts';
import { idParams, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import type { CorrelateRouteDeps } from '../correlate-route-deps.ts';
import { getIncidentDetail } from '../records/incident-detail.ts';

/** `GET /v1/incidents/{id}`: with alerts, timeline, cases and recurrences. */
export function getIncidentRoute({ database, world }: CorrelateRouteDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/incidents/{id}',
    operationId: 'getIncident',
    summary: 'Gives one incident with its alerts, timeline and cases',
    tags: ['incidents'],
    permission: 'incidents:read',
    params: idParams,
    responses: { 200: IncidentDetail },
    handle: async (tenant, { params }) => {
      const incidentId = pathId(params.id, 'incident');
      const body = await database.inTenant(tenant, (tx) =>
        getIncidentDetail(tx, tenant, incidentId, world.clock.now()),
      );
      return { status: 200, body, headers: { etag: etagOf(body.version) } };
    },
  });
}
