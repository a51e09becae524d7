import { pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import type { CaseDeps } from '../case-deps.ts';
import { CommentVersion } from '../domain/case-comment.ts';
import { commentParams, getComment } from '../records/comments.ts';

/** `GET /v1/cases/{id}/comments/{comment_id}/history`: every text of a comment, oldest first, the present one last. */
export function listCommentVersionsRoute({ database }: CaseDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/cases/{id}/comments/{comment_id}/history',
    operationId: 'listCaseCommentVersions',
    summary: 'Lists every text that a comment had, oldest first',
    tags: ['cases'],
    permission: 'cases:read',
    params: commentParams,
    responses: { 200: Type.Object({ items: Type.Array(CommentVersion) }) },
    handle: async (tenant, { params }) => {
      const caseId = pathId(params.id, 'case');
      const commentId = pathId(params.comment_id, 'comment');
      const items = await database.inTenant(tenant, async (tx) => {
        const present = await getComment(tx, tenant, caseId, commentId);
        const earlier = await tx
          .selectFrom('case_comment_versions')
          .select(['version', 'body', 'written_at', 'written_by'])
          .where('tenant_id', '=', tenant.tenantId)
          .where('case_id', '=', caseId)
          .where('comment_id', '=', commentId)
          .orderBy('version')
          .execute();
        const last = {
          version: present.version,
          body: present.body,
          written_at: present.edited_at ?? present.created_at,
          written_by: present.edited_by ?? present.created_by,
        };
        return [...earlier, last].map((version) => ({
          ...version,
          written_at: version.written_at.toISOString(),
        }));
      });
      return { status: 200, body: { items } };
    },
  });
}
