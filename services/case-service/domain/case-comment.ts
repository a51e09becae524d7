import type { CaseCommentTable } from '@tocsin/database/workflow-tables.ts';
import type { Selectable } from 'kysely';
import Type, { type Static } from 'typebox';
import { CASE_TEXT_MAX } from './case-input.ts';

/** Most comments of one case. */
export const CASE_COMMENTS_MAX = 5000;

/** The body of `POST /v1/cases/{id}/comments`. */
export const CommentInput = Type.Object(
  { body: Type.String({ minLength: 1, maxLength: CASE_TEXT_MAX, pattern: '\\S' }) },
  { additionalProperties: false, title: 'Text of a comment' },
);

/** A comment as the API gives it. */
export const Comment = Type.Object(
  {
    id: Type.String(),
    case_id: Type.String(),
    body: Type.String(),
    created_at: Type.String(),
    created_by: Type.String(),
    version: Type.Integer({ description: 'Grows with each edit: it is the ETag' }),
    edited_at: Type.Union([Type.String(), Type.Null()]),
    edited_by: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'Comment' },
);
export type Comment = Static<typeof Comment>;

/** The wire form of a comment row. */
export function commentDocument(row: Selectable<CaseCommentTable>): Comment {
  return {
    id: row.comment_id,
    case_id: row.case_id,
    body: row.body,
    created_at: row.created_at.toISOString(),
    created_by: row.created_by,
    version: row.version,
    edited_at: row.edited_at?.toISOString() ?? null,
    edited_by: row.edited_by,
  };
}

/** Most edits of one comment. */
export const COMMENT_VERSIONS_MAX = 100;

/** What a comment said at one time. */
export const CommentVersion = Type.Object(
  {
    version: Type.Integer(),
    body: Type.String(),
    written_at: Type.String(),
    written_by: Type.String(),
  },
  { title: 'Version of a comment' },
);
