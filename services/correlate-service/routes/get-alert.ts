import { Alert } from '@tocsin/contracts/alert.ts';
import { alertDocument } from '@tocsin/database/records/alert-document.ts';
import { etagOf } from '@tocsin/http/etag.ts';
import { idParams, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import type { CorrelateRouteDeps } from '../correlate-route-deps.ts';
import { getAlert } from '../records/alert-queries.ts';

/** `GET /v1/alerts/{id}` */
export function getAlertRoute({ database, world }: CorrelateRouteDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/alerts/{id}',
    operationId: 'getAlert',
    summary: 'Gives one alert',
    tags: ['alerts'],
    permission: 'alerts:read',
    params: idParams,
    responses: { 200: Alert },
    handle: async (tenant, { params }) => {
      const alertId = pathId(params.id, 'alert');
      const row = await database.inTenant(tenant, (tx) => getAlert(tx, tenant, alertId));
      return {
        status: 200,
        body: alertDocument(row, world.clock.now()),
        headers: { etag: etagOf(row.version) },
      };
    },
  });
}
