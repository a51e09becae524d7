import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { ALERT_STATUSES, Alert, type AlertStatus } from '@tocsin/contracts/alert.ts';
import { alertDocument } from '@tocsin/database/records/alert-document.ts';
import { pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { type Route, type RouteReply, tenantRoute } from '@tocsin/http/route.ts';
import { timeCursors } from '@tocsin/http/time-cursor.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { parseQuery, QUERY_LENGTH_MAX } from '@tocsin/query/parse-query.ts';
import type { Query } from '@tocsin/query/query.ts';
import { ALL_TIME } from '@tocsin/search/search-store.ts';
import Type, { type Static } from 'typebox';
import type { CorrelateRouteDeps } from '../correlate-route-deps.ts';
import { type AlertFilter, listAlerts } from '../records/alert-queries.ts';

const query = Type.Object(
  {
    ...pageQuery,
    q: Type.Optional(
      Type.String({
        maxLength: QUERY_LENGTH_MAX,
        description: 'A search, for example actor.id:bob',
      }),
    ),
    status: Type.Optional(Type.Enum([...ALERT_STATUSES] as AlertStatus[])),
    severity_min: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
    from: Type.Optional(Type.String({ format: 'date-time' })),
    to: Type.Optional(Type.String({ format: 'date-time' })),
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
      const search = request.query.q ?? '';
      return search.trim() === ''
        ? list(deps, tenant, request.query)
        : find(deps, tenant, request.query, search);
    },
  });
}

async function list(
  deps: CorrelateRouteDeps,
  tenant: TenantContext,
  asked: ListQuery,
): Promise<RouteReply> {
  const filter: AlertFilter = {
    ...(asked.status === undefined ? {} : { status: asked.status }),
    ...(asked.severity_min === undefined ? {} : { severityMin: asked.severity_min }),
    ...(asked.from === undefined ? {} : { from: new Date(timeOf('from', asked.from)) }),
    ...(asked.to === undefined ? {} : { to: new Date(timeOf('to', asked.to)) }),
  };
  const after = asked.cursor === undefined ? undefined : timeCursors.read(asked.cursor);
  const rows = await deps.database.inTenant(tenant, (tx) =>
    listAlerts(tx, tenant, filter, asked.limit + 1, after),
  );
  const now = deps.world.clock.now();
  const body = pageOf(
    rows,
    asked.limit,
    (row) => alertDocument(row, now),
    (last) => timeCursors.write({ at: last.last_event_at.getTime(), id: last.alert_id }),
  );
  return { status: 200, body };
}

async function find(
  deps: CorrelateRouteDeps,
  tenant: TenantContext,
  asked: ListQuery,
  search: string,
): Promise<RouteReply> {
  const page = await deps.search.search(tenant, {
    collection: 'alerts',
    query: filtered(asked, parseQuery(search)),
    range: {
      from: asked.from === undefined ? ALL_TIME.from : timeOf('from', asked.from),
      to: asked.to === undefined ? ALL_TIME.to : timeOf('to', asked.to),
    },
    limit: asked.limit,
    ...(asked.cursor === undefined ? {} : { cursor: asked.cursor }),
  });
  return { status: 200, body: { items: page.items, next_cursor: page.nextCursor ?? null } };
}

/** The filters of the list as a part of the search: both come from closed sets, so they are safe as text. */
function filtered(asked: ListQuery, search: Query): Query {
  const operands = [search];
  if (asked.status !== undefined) operands.push(parseQuery(`status:${asked.status}`));
  if (asked.severity_min !== undefined)
    operands.push(parseQuery(`severity>=${asked.severity_min}`));
  return operands.length === 1 ? search : { kind: 'and', operands };
}

/** RFC 3339 knows leap seconds, which no clock of ours has. */
function timeOf(member: 'from' | 'to', text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new Problem('invalid_request', {
    errors: [{ pointer: `/query/${member}`, detail: 'is not a time' }],
  });
}
