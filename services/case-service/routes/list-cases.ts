import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { CASE_STATUSES, Case, type CaseStatus } from '@tocsin/contracts/case.ts';
import { caseDocument } from '@tocsin/database/records/case-record.ts';
import { sortValues } from '@tocsin/database/records/sorted-rows.ts';
import { offsetQuery, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
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
import type { CaseDeps } from '../case-deps.ts';
import { CASE_SORTS, type CaseSort, listCases } from '../records/cases.ts';

const query = Type.Object(
  {
    ...pageQuery,
    ...offsetQuery,
    q: Type.Optional(
      Type.String({
        maxLength: QUERY_LENGTH_MAX,
        description: 'A search, for example assigned_to:ada; see docs/reference/query.md',
      }),
    ),
    status: Type.Optional(Type.Enum([...CASE_STATUSES] as CaseStatus[])),
    severity_min: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
    assigned_to: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    incident_id: Type.Optional(uuidText),
    from: Type.Optional(Type.String({ format: 'date-time', description: 'Created from then on' })),
    to: Type.Optional(Type.String({ format: 'date-time', description: 'Created before then' })),
    sort: Type.Enum(Object.keys(CASE_SORTS) as CaseSort[], {
      default: 'newest',
      description: 'By creation, last change, or the most severe first; with q by creation only',
    }),
  },
  { additionalProperties: false },
);

type ListQuery = Static<typeof query>;

/** `GET /v1/cases`: newest first, by cursor or offset; `q` searches. */
export function listCasesRoute(deps: CaseDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/cases',
    operationId: 'listCases',
    summary: 'Lists and searches cases, newest first',
    tags: ['cases'],
    permission: 'cases:read',
    query,
    responses: { 200: pageSchema(Case) },
    handle: (tenant, { query: asked }) => {
      const text = asked.q ?? '';
      return text.trim() === ''
        ? list(deps, tenant, asked)
        : withQuery(text, (search) => find(deps, tenant, asked, search));
    },
  });
}

async function list(
  { database }: CaseDeps,
  tenant: TenantContext,
  asked: ListQuery,
): Promise<RouteReply> {
  const { sort, limit, offset, cursor } = asked;
  const order = CASE_SORTS[sort];
  const filter = {
    status: asked.status,
    severityMin: asked.severity_min,
    assignedTo: asked.assigned_to,
    incidentId: asked.incident_id?.toLowerCase(),
    ...datesOf(asked),
  };
  const after =
    cursor === undefined ? undefined : readSortCursor(sort, order.columns.length, cursor);
  const rows = await database.inTenant(tenant, (tx) =>
    listCases(tx, tenant, filter, { sort, limit: limit + 1, offset, after }),
  );
  const body = pageOf(rows, limit, caseDocument, (last) =>
    writeSortCursor(sort, { at: sortValues(order, last), id: last.case_id }),
  );
  return { status: 200, body };
}

async function find(
  { search }: CaseDeps,
  tenant: TenantContext,
  asked: ListQuery,
  wanted: Query,
): Promise<RouteReply> {
  const { sort } = asked;
  if (sort !== 'newest' && sort !== 'oldest') {
    throw invalid('sort', 'of a search is newest or oldest; leave q out for another order');
  }
  if (asked.offset !== 0) throw invalid('offset', 'goes with lists; a search goes on by cursor');
  const body = await searchRows(search, tenant, {
    collection: 'cases',
    query: wanted,
    equal: {
      status: asked.status,
      assigned_to: asked.assigned_to,
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

function invalid(member: string, detail: string): Problem {
  return new Problem('invalid_request', {
    detail: `${member} ${detail}`,
    errors: [{ pointer: `/query/${member}`, detail }],
  });
}
