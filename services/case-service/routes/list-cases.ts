import { CASE_STATUSES, Case, type CaseStatus } from '@tocsin/contracts/case.ts';
import { caseDocument } from '@tocsin/database/records/case-record.ts';
import { offsetQuery, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { timeCursors } from '@tocsin/http/time-cursor.ts';
import Type from 'typebox';
import type { CaseDeps } from '../case-deps.ts';
import { listCases } from '../records.ts';

const query = Type.Object(
  {
    ...pageQuery,
    ...offsetQuery,
    status: Type.Optional(Type.Enum([...CASE_STATUSES] as CaseStatus[])),
    assigned_to: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  { additionalProperties: false },
);

/** `GET /v1/cases`: newest first, by cursor or offset. */
export function listCasesRoute({ database }: CaseDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/cases',
    operationId: 'listCases',
    summary: 'Lists cases, newest first',
    tags: ['cases'],
    permission: 'cases:read',
    query,
    responses: { 200: pageSchema(Case) },
    handle: async (tenant, { query: asked }) => {
      const filter = {
        ...(asked.status === undefined ? {} : { status: asked.status }),
        ...(asked.assigned_to === undefined ? {} : { assignedTo: asked.assigned_to }),
      };
      const page = {
        limit: asked.limit + 1,
        offset: asked.offset,
        after: asked.cursor === undefined ? undefined : timeCursors.read(asked.cursor),
      };
      const rows = await database.inTenant(tenant, (tx) => listCases(tx, tenant, filter, page));
      const body = pageOf(rows, asked.limit, caseDocument, (last) =>
        timeCursors.write({ at: last.created_at.getTime(), id: last.case_id }),
      );
      return { status: 200, body };
    },
  });
}
