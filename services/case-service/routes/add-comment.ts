import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { addCaseEntries, caseEntry } from '@tocsin/database/records/case-timeline.ts';
import { etagOf } from '@tocsin/http/etag.ts';
import { idParams, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import { sql } from 'kysely';
import type { CaseDeps } from '../case-deps.ts';
import {
  CASE_COMMENTS_MAX,
  Comment,
  CommentInput,
  commentDocument,
} from '../domain/case-comment.ts';
import { getCase } from '../records/cases.ts';

/** `POST /v1/cases/{id}/comments`, also on a case that has ended. */
export function addCommentRoute({ database, world }: CaseDeps): Route {
  return tenantRoute({
    method: 'POST',
    path: '/v1/cases/{id}/comments',
    operationId: 'addCaseComment',
    summary: 'Adds a comment to a case',
    tags: ['cases'],
    permission: 'cases:write',
    params: idParams,
    body: CommentInput,
    responses: { 201: Comment },
    handle: async (tenant, { params, body, requestId }) => {
      const caseId = pathId(params.id, 'case');
      const commentId = uuidV7(world.clock, world.random);
      const now = new Date(world.clock.now());
      const row = await database.inTenant(tenant, async (tx) => {
        await getCase(tx, tenant, caseId);
        await checkRoom(tx, tenant, caseId);
        const added = await tx
          .insertInto('case_comments')
          .values({
            tenant_id: tenant.tenantId,
            case_id: caseId,
            comment_id: commentId,
            body: body.body,
            created_at: now,
            created_by: tenant.actor,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        await addCaseEntries(tx, [
          caseEntry(tenant, caseId, `comment/${commentId}`, {
            at: now,
            kind: 'commented',
            summary: 'A comment was added',
            detail: { comment_id: commentId },
          }),
        ]);
        await writeAudit(tx, tenant, {
          action: 'case.comment',
          objectType: 'case',
          objectId: caseId,
          before: null,
          after: commentDocument(added),
          requestId,
        });
        return added;
      });
      return {
        status: 201,
        body: commentDocument(row),
        headers: { etag: etagOf(row.version) },
      };
    },
  });
}

async function checkRoom(
  tx: TenantTransaction,
  tenant: TenantContext,
  caseId: string,
): Promise<void> {
  const { count } = await tx
    .selectFrom('case_comments')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('tenant_id', '=', tenant.tenantId)
    .where('case_id', '=', caseId)
    .executeTakeFirstOrThrow();
  if (count < CASE_COMMENTS_MAX) return;
  throw new Problem('conflict', { detail: `a case has at most ${CASE_COMMENTS_MAX} comments` });
}
