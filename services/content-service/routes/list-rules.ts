import { cursorCodec, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import type { ContentDeps } from '../content-deps.ts';
import {
  RULE_OUTCOMES,
  RULE_STATUSES,
  RuleSummary,
  renderRuleSummary,
} from '../domain/rule-view.ts';
import { allRules, sigmaState } from '../find-rule.ts';

const cursors = cursorCodec(Type.Object({ after: Type.String({ maxLength: 80 }) }));

const query = Type.Object(
  {
    ...pageQuery,
    kind: Type.Optional(Type.String({ maxLength: 80 })),
    category: Type.Optional(Type.String({ maxLength: 80 })),
    tag: Type.Optional(Type.String({ maxLength: 80 })),
    origin: Type.Optional(Type.Enum(['shipped', 'own'])),
    status: Type.Optional(Type.Enum([...RULE_STATUSES])),
    enabled: Type.Optional(Type.Boolean()),
    outcome: Type.Optional(Type.Enum([...RULE_OUTCOMES])),
  },
  { additionalProperties: false },
);

/** `GET /v1/rules`: shipped rules and the tenant's own, by id. */
export function listRulesRoute(deps: ContentDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/rules',
    operationId: 'listRules',
    summary: 'List detection rules',
    tags: ['rules'],
    permission: 'rules:read',
    query,
    responses: { 200: pageSchema(RuleSummary) },
    handle: async (tenant, { query: asked }) => {
      const after = asked.cursor === undefined ? '' : cursors.read(asked.cursor).after;
      const sigma = await sigmaState(deps);
      const rules = await deps.database.inTenant(tenant, (tx) => allRules(deps, tx, tenant, sigma));
      const { kind, category, tag, origin, status, enabled, outcome } = asked;
      const rows = rules
        .map(renderRuleSummary)
        .filter((rule) => rule.id > after)
        .filter((rule) => kind === undefined || rule.kind === kind)
        .filter((rule) => category === undefined || rule.category === category)
        .filter((rule) => tag === undefined || rule.tags.includes(tag))
        .filter((rule) => origin === undefined || rule.origin === origin)
        .filter((rule) => status === undefined || rule.status === status)
        .filter((rule) => outcome === undefined || rule.outcome === outcome)
        .filter((rule) => enabled === undefined || rule.enabled === enabled);
      const page = pageOf(
        rows,
        asked.limit,
        (rule) => rule,
        (last) => cursors.write({ after: last.id }),
      );
      return { status: 200, body: page };
    },
  });
}
