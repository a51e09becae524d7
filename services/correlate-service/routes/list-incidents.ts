import { INCIDENT_STATUSES, Incident, type IncidentStatus } from '@tocsin/contracts/incident.ts';
import { pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { timeCursors } from '@tocsin/http/time-cursor.ts';
import Type from 'typebox';
import type { CorrelateRouteDeps } from '../correlate-route-deps.ts';
import { incidentDocument, listIncidents } from '../records/incident-queries.ts';

const query = Type.Object(
  {
    ...pageQuery,
    status: Type.Optional(Type.Enum([...INCIDENT_STATUSES] as IncidentStatus[])),
    severity_min: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
  },
  { additionalProperties: false },
);

/** `GET /v1/incidents`: newest alert first (B-056). */
export function listIncidentsRoute({ database }: CorrelateRouteDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/incidents',
    operationId: 'listIncidents',
    summary: 'Lists incidents, newest alert first',
    tags: ['incidents'],
    permission: 'incidents:read',
    query,
    responses: { 200: pageSchema(Incident) },
    handle: async (tenant, { query: asked }) => {
      const filter = {
        ...(asked.status === undefined ? {} : { status: asked.status }),
        ...(asked.severity_min === undefined ? {} : { severityMin: asked.severity_min }),
      };
      const after = asked.cursor === undefined ? undefined : timeCursors.read(asked.cursor);
      const rows = await database.inTenant(tenant, (tx) =>
        listIncidents(tx, tenant, filter, asked.limit + 1, after),
      );
      const body = pageOf(rows, asked.limit, incidentDocument, (last) =>
        timeCursors.write({ at: last.last_alert_at.getTime(), id: last.incident_id }),
      );
      return { status: 200, body };
    },
  });
}
