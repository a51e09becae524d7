import { behindPosition } from '@tocsin/database/records/behind-position.ts';
import { offsetQuery, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { idParams, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { timeCursors } from '@tocsin/http/time-cursor.ts';
import Type from 'typebox';
import type { CaseDeps } from '../case-deps.ts';
import { Comment, commentDocument } from '../domain/case-comment.ts';
import { getCase } from '../records/cases.ts';

/** `GET /v1/cases/{id}/comments`: oldest first. */
export function listCommentsRoute({ database }: CaseDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/cases/{id}/comments',
    operationId: 'listCaseComments',
    summary: 'Lists the comments of a case, oldest first',
    tags: ['cases'],
    permission: 'cases:read',
    params: idParams,
    query: Type.Object({ ...pageQuery, ...offsetQuery }, { additionalProperties: false }),
    responses: { 200: pageSchema(Comment) },
    handle: async (tenant, { params, query }) => {
      const caseId = pathId(params.id, 'case');
      const after = query.cursor === undefined ? undefined : timeCursors.read(query.cursor);
      const rows = await database.inTenant(tenant, async (tx) => {
        await getCase(tx, tenant, caseId);
        return tx
          .selectFrom('case_comments')
          .selectAll()
          .where('tenant_id', '=', tenant.tenantId)
          .where('case_id', '=', caseId)
          .$if(after !== undefined, (list) =>
            after === undefined
              ? list
              : list.where(behindPosition('created_at', 'comment_id', after, 'oldestFirst')),
          )
          .orderBy('created_at')
          .orderBy('comment_id')
          .limit(query.limit + 1)
          .offset(query.offset)
          .execute();
      });
      const body = pageOf(rows, query.limit, commentDocument, (last) =>
        timeCursors.write({ at: last.created_at.getTime(), id: last.comment_id }),
      );
      return { status: 200, body };
    },
  });
}
