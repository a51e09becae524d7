import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { ALERT_STATUSES, Alert, type AlertStatus } from '@tocsin/contracts/alert.ts';
import { alertDocument } from '@tocsin/database/records/alert-document.ts';
import { sortValues } from '@tocsin/database/records/sorted-rows.ts';
import { pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { uuidText } from '@tocsin/http/path-id.ts';
import { datesOf } from '@tocsin/http/query-time.ts';
import { type Route, type RouteReply, tenantRoute } from '@tocsin/http/route.ts';
import { readSortCursor, writeSortCursor } from '@tocsin/http/sort-cursor.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { QUERY_LENGTH_MAX } from '@tocsin/query/parse-query.ts';
import type { Query } from '@tocsin/query/query.ts';
import { withQuery } from '@tocsin/query/with-query.ts';
import { searchRows } from '@tocsin/search/search-rows.ts';
import Type, { type Static } from 'typebox';
import type { CorrelateRouteDeps } from '../correlate-route-deps.ts';
import { ALERT_SORTS, type AlertSort, listAlerts } from '../records/alert-queries.ts';

const query = Type.Object(
  {
    ...pageQuery,
    q: Type.Optional(
      Type.String({
        maxLength: QUERY_LENGTH_MAX,
        description: 'A search, for example actor.id:bob; see docs/reference/query.md',
      }),
    ),
    status: Type.Optional(Type.Enum([...ALERT_STATUSES] as AlertStatus[])),
    severity_min: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
    assignee: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    rule_id: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    incident_id: Type.Optional(uuidText),
    from: Type.Optional(Type.String({ format: 'date-time' })),
    to: Type.Optional(Type.String({ format: 'date-time' })),
    sort: Type.Enum(Object.keys(ALERT_SORTS) as AlertSort[], {
      default: 'newest',
      description: 'By event time, or the most severe first; with q by event time only',
    }),
  },
  { additionalProperties: false },
);

type ListQuery = Static<typeof query>;

/** `GET /v1/alerts`: newest event first. `q` searches; without it the list comes straight from the rows. */
export function listAlertsRoute(deps: CorrelateRouteDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/alerts',
    operationId: 'listAlerts',
    summary: 'Lists and searches alerts, newest event first',
    tags: ['alerts'],
    permission: 'alerts:read',
    query,
    responses: { 200: pageSchema(Alert) },
    handle: (tenant, request) => {
      const text = request.query.q ?? '';
      return text.trim() === ''
        ? list(deps, tenant, request.query)
        : withQuery(text, (search) => find(deps, tenant, request.query, search));
    },
  });
}

async function list(
  deps: CorrelateRouteDeps,
  tenant: TenantContext,
  asked: ListQuery,
): Promise<RouteReply> {
  const { sort, limit, cursor } = asked;
  const order = ALERT_SORTS[sort];
  const filter = {
    status: asked.status,
    severityMin: asked.severity_min,
    assignee: asked.assignee,
    ruleId: asked.rule_id,
    incidentId: asked.incident_id?.toLowerCase(),
    ...datesOf(asked),
  };
  const after =
    cursor === undefined ? undefined : readSortCursor(sort, order.columns.length, cursor);
  const rows = await deps.database.inTenant(tenant, (tx) =>
    listAlerts(tx, tenant, filter, { sort, limit: limit + 1, after }),
  );
  const now = deps.world.clock.now();
  const body = pageOf(
    rows,
    limit,
    (row) => alertDocument(row, now),
    (last) => writeSortCursor(sort, { at: sortValues(order, last), id: last.alert_id }),
  );
  return { status: 200, body };
}

async function find(
  deps: CorrelateRouteDeps,
  tenant: TenantContext,
  asked: ListQuery,
  search: Query,
): Promise<RouteReply> {
  const { sort } = asked;
  if (sort === 'severity') {
    const detail = 'a search is ordered by time: use newest or oldest, or leave q out';
    throw new Problem('invalid_request', { detail, errors: [{ pointer: '/query/sort', detail }] });
  }
  const body = await searchRows(deps.search, tenant, {
    collection: 'alerts',
    query: search,
    equal: {
      status: asked.status,
      assignee: asked.assignee,
      rule_id: asked.rule_id,
      incident_id: asked.incident_id,
    },
    severityMin: asked.severity_min,
    ...datesOf(asked),
    order: sort,
    limit: asked.limit,
    cursor: asked.cursor,
  });
  return { status: 200, body };
}
