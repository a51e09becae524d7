import { INCIDENT_STATUSES, Incident, type IncidentStatus } from '@tocsin/contracts/incident.ts';
import { sortValues } from '@tocsin/database/records/sorted-rows.ts';
import { pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { datesOf } from '@tocsin/http/query-time.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { readSortCursor, writeSortCursor } from '@tocsin/http/sort-cursor.ts';
import Type from 'typebox';
import type { CorrelateRouteDeps } from '../correlate-route-deps.ts';
import {
  INCIDENT_SORTS,
  type IncidentSort,
  incidentDocument,
  listIncidents,
} from '../records/incident-queries.ts';

const query = Type.Object(
  {
    ...pageQuery,
    status: Type.Optional(Type.Enum([...INCIDENT_STATUSES] as IncidentStatus[])),
    severity_min: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
    assignee: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    from: Type.Optional(Type.String({ format: 'date-time' })),
    to: Type.Optional(Type.String({ format: 'date-time' })),
    sort: Type.Enum(Object.keys(INCIDENT_SORTS) as IncidentSort[], {
      default: 'newest',
      description: 'By the time of the last alert, or the most severe first',
    }),
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
      const { sort, limit, cursor } = asked;
      const order = INCIDENT_SORTS[sort];
      const filter = {
        status: asked.status,
        severityMin: asked.severity_min,
        assignee: asked.assignee,
        ...datesOf(asked),
      };
      const after =
        cursor === undefined ? undefined : readSortCursor(sort, order.columns.length, cursor);
      const rows = await database.inTenant(tenant, (tx) =>
        listIncidents(tx, tenant, filter, { sort, limit: limit + 1, after }),
      );
      const body = pageOf(rows, limit, incidentDocument, (last) =>
        writeSortCursor(sort, { at: sortValues(order, last), id: last.incident_id }),
      );
      return { status: 200, body };
    },
  });
}
