import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { addCaseEntries, caseEntry } from '@tocsin/database/records/case-timeline.ts';
import type { CaseCommentTable } from '@tocsin/database/workflow-tables.ts';
import { checkIfMatch, etagOf } from '@tocsin/http/etag.ts';
import { pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { Selectable } from 'kysely';
import type { CaseDeps } from '../case-deps.ts';
import {
  COMMENT_VERSIONS_MAX,
  Comment,
  CommentInput,
  commentDocument,
} from '../domain/case-comment.ts';
import { commentParams, getCommentForChange } from '../records/comments.ts';

/** `PATCH /v1/cases/{id}/comments/{comment_id}`: by its author only; what it said before stays readable. */
export function editCommentRoute({ database, world }: CaseDeps): Route {
  return tenantRoute({
    method: 'PATCH',
    path: '/v1/cases/{id}/comments/{comment_id}',
    operationId: 'editCaseComment',
    summary: 'Edits a comment of your own (If-Match); earlier texts are kept',
    tags: ['cases'],
    permission: 'cases:write',
    params: commentParams,
    body: CommentInput,
    responses: { 200: Comment },
    handle: async (tenant, { params, body, headers, requestId }) => {
      const caseId = pathId(params.id, 'case');
      const commentId = pathId(params.comment_id, 'comment');
      const now = new Date(world.clock.now());
      const row = await database.inTenant(tenant, async (tx) => {
        const before = await getCommentForChange(tx, tenant, caseId, commentId);
        checkEditable(tenant, before);
        checkIfMatch(headers, before.version);
        if (before.body === body.body) return before;
        return store(tx, tenant, before, body.body, now, requestId);
      });
      return { status: 200, body: commentDocument(row), headers: { etag: etagOf(row.version) } };
    },
  });
}

function checkEditable(tenant: TenantContext, comment: Selectable<CaseCommentTable>): void {
  if (comment.created_by !== tenant.actor) {
    throw new Problem('forbidden', {
      detail: `the comment is ${comment.created_by}'s: only its author edits it`,
    });
  }
  if (comment.version <= COMMENT_VERSIONS_MAX) return;
  throw new Problem('conflict', {
    detail: `a comment is edited at most ${COMMENT_VERSIONS_MAX} times: add another`,
  });
}

async function store(
  tx: TenantTransaction,
  tenant: TenantContext,
  before: Selectable<CaseCommentTable>,
  body: string,
  now: Date,
  requestId: string,
): Promise<Selectable<CaseCommentTable>> {
  const { case_id, comment_id, version } = before;
  const key = { tenant_id: tenant.tenantId, case_id, comment_id };
  await tx
    .insertInto('case_comment_versions')
    .values({
      ...key,
      version,
      body: before.body,
      written_at: before.edited_at ?? before.created_at,
      written_by: before.edited_by ?? before.created_by,
    })
    .execute();
  const after = await tx
    .updateTable('case_comments')
    .set({ body, version: version + 1, edited_at: now, edited_by: tenant.actor })
    .where('tenant_id', '=', tenant.tenantId)
    .where('case_id', '=', case_id)
    .where('comment_id', '=', comment_id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await addCaseEntries(tx, [
    caseEntry(tenant, case_id, `comment/${comment_id}/${after.version}`, {
      at: now,
      kind: 'comment_edited',
      summary: 'A comment was edited',
      detail: { comment_id, version: after.version },
    }),
  ]);
  await writeAudit(tx, tenant, {
    action: 'case.edit_comment',
    objectType: 'case',
    objectId: case_id,
    before: commentDocument(before),
    after: commentDocument(after),
    requestId,
  });
  return after;
}
