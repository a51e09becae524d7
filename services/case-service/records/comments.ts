import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import type { CaseCommentTable } from '@tocsin/database/workflow-tables.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import type { Selectable } from 'kysely';
import Type from 'typebox';

/** The path of one comment. */
export const commentParams = Type.Object({
  id: Type.String({ maxLength: 200, description: 'A UUID' }),
  comment_id: Type.String({ maxLength: 200, description: 'A UUID' }),
});

/** @throws Problem `not_found`, also for a comment of another case or tenant */
export async function getComment(
  tx: TenantTransaction,
  tenant: TenantContext,
  caseId: string,
  commentId: string,
): Promise<Selectable<CaseCommentTable>> {
  const row = await commentById(tx, tenant, caseId, commentId).executeTakeFirst();
  if (row === undefined) throw notFound('comment', commentId);
  return row;
}

/** The same, kept from other changes until the transaction ends. */
export async function getCommentForChange(
  tx: TenantTransaction,
  tenant: TenantContext,
  caseId: string,
  commentId: string,
): Promise<Selectable<CaseCommentTable>> {
  const found = commentById(tx, tenant, caseId, commentId).forNoKeyUpdate();
  const row = await found.executeTakeFirst();
  if (row === undefined) throw notFound('comment', commentId);
  return row;
}

function commentById(
  tx: TenantTransaction,
  tenant: TenantContext,
  caseId: string,
  commentId: string,
) {
  return tx
    .selectFrom('case_comments')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('case_id', '=', caseId)
    .where('comment_id', '=', commentId);
}
