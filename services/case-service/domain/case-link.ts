import type { CaseLinkTable } from '@tocsin/database/workflow-tables.ts';
import { uuidText } from '@tocsin/http/path-id.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { Selectable } from 'kysely';
import Type, { type Static } from 'typebox';

/** Most links of one case. */
export const CASE_LINKS_MAX = 200;

const RELATIONS = ['related', 'duplicate_of', 'caused_by'] as const;

/** The body of `POST /v1/cases/{id}/links`: another case with its relation, or a page elsewhere. */
export const CaseLinkInput = Type.Object(
  {
    case_id: Type.Optional(uuidText),
    relation: Type.Optional(Type.Enum([...RELATIONS] as (typeof RELATIONS)[number][])),
    url: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2000, description: 'Of http or https' }),
    ),
    title: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false, title: 'Link to add: case_id or url' },
);
export type CaseLinkInput = Static<typeof CaseLinkInput>;

/** A link as the API gives it. */
export const CaseLink = Type.Object(
  {
    id: Type.String(),
    case_id: Type.String(),
    relation: Type.String({ description: 'related, duplicate_of, caused_by or url' }),
    other_case_id: Type.Union([Type.String(), Type.Null()]),
    url: Type.Union([Type.String(), Type.Null()]),
    title: Type.String(),
    created_at: Type.String(),
    created_by: Type.String(),
  },
  { title: 'Link of a case' },
);

/** What a link leads to, checked. */
export type LinkTarget =
  | { readonly relation: (typeof RELATIONS)[number]; readonly caseId: string }
  | { readonly relation: 'url'; readonly url: string };

/** @throws Problem `invalid_request` unless there is exactly one target, and the page is of http or https */
export function linkTarget({ case_id, relation, url }: CaseLinkInput, caseId: string): LinkTarget {
  if ((case_id === undefined) === (url === undefined)) {
    throw invalid('/case_id', 'give either case_id or url');
  }
  if (case_id !== undefined) {
    const other = case_id.toLowerCase();
    if (other === caseId) throw invalid('/case_id', 'is the case itself');
    return { relation: relation ?? 'related', caseId: other };
  }
  if (relation !== undefined) throw invalid('/relation', 'goes with case_id');
  return { relation: 'url', url: pageAddress(url ?? '') };
}

/** UNTRUSTED: it becomes a link in a browser, so no other scheme and no credentials. */
function pageAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.username === '' && url.password === '';
  if (url !== undefined && plain && (url.protocol === 'https:' || url.protocol === 'http:')) {
    if (url.href.length <= 2000) return url.href;
  }
  throw invalid('/url', 'must be an http or https address without a password');
}

/** The wire form of a link. */
export function linkDocument(row: Selectable<CaseLinkTable>): Static<typeof CaseLink> {
  return {
    id: row.link_id,
    case_id: row.case_id,
    relation: row.relation,
    other_case_id: row.other_case_id,
    url: row.url,
    title: row.title,
    created_at: row.created_at.toISOString(),
    created_by: row.created_by,
  };
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem('invalid_request', {
    detail: `${pointer} ${detail}`,
    errors: [{ pointer, detail }],
  });
}
