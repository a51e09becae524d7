import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import { cursorCodec, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import { RuleSummary, renderRuleSummary } from '../domain/rule-view.ts';

const cursors = cursorCodec(Type.Object({ after: Type.String({ maxLength: 80 }) }));

const query = Type.Object(
  {
    ...pageQuery,
    kind: Type.Optional(Type.String({ maxLength: 80 })),
    category: Type.Optional(Type.String({ maxLength: 80 })),
    tag: Type.Optional(Type.String({ maxLength: 80 })),
  },
  { additionalProperties: false },
);

/** `GET /v1/rules`: the rules that watch the caller's events, by id. */
export function listRulesRoute(rules: readonly RuleDocument[]): Route {
  const sorted = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  return tenantRoute({
    method: 'GET',
    path: '/v1/rules',
    operationId: 'listRules',
    summary: 'List detection rules',
    tags: ['rules'],
    permission: 'rules:read',
    query,
    responses: { 200: pageSchema(RuleSummary) },
    handle: async (_tenant, { query: asked }) => {
      const after = asked.cursor === undefined ? '' : cursors.read(asked.cursor).after;
      const rows = sorted
        .filter((rule) => rule.id > after)
        .filter((rule) => asked.kind === undefined || rule.kind === asked.kind)
        .filter((rule) => asked.category === undefined || rule.category === asked.category)
        .filter((rule) => asked.tag === undefined || rule.tags.includes(asked.tag));
      const page = pageOf(rows, asked.limit, renderRuleSummary, (last) =>
        cursors.write({ after: last.id }),
      );
      return { status: 200, body: page };
    },
  });
}
