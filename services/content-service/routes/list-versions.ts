import { cursorCodec, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import type { ContentDeps } from '../content-deps.ts';
import { lockRule, ruleParams } from '../find-rule.ts';
import { listVersions } from '../records.ts';

const cursors = cursorCodec(Type.Object({ below: Type.Integer({ minimum: 1 }) }));
const NO_BOUND = 2 ** 31 - 1;

const RuleVersion = Type.Object(
  {
    version: Type.Integer(),
    document: Type.Unknown(),
    created_at: Type.String({ format: 'date-time' }),
    created_by: Type.String(),
  },
  { title: 'Rule version' },
);

/** `GET /v1/rules/{rule_id}/versions`: newest first. A shipped rule has the one that this program ships. */
export function listVersionsRoute(deps: ContentDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/rules/{rule_id}/versions',
    operationId: 'listRuleVersions',
    summary: 'List the versions of a rule of your own',
    tags: ['rules'],
    permission: 'rules:read',
    params: ruleParams,
    query: Type.Object(pageQuery, { additionalProperties: false }),
    responses: { 200: pageSchema(RuleVersion) },
    handle: async (tenant, { params, query }) => {
      const { below } =
        query.cursor === undefined ? { below: NO_BOUND } : cursors.read(query.cursor);
      const rows = await deps.database.inTenant(tenant, async (tx) => {
        await lockRule(deps, tx, tenant, params.rule_id);
        return listVersions(tx, tenant, params.rule_id, below, query.limit + 1);
      });
      const page = pageOf(
        rows,
        query.limit,
        ({ version, document, created_at, created_by }) => ({
          version,
          document,
          created_at: created_at.toISOString(),
          created_by,
        }),
        (last) => cursors.write({ below: last.version }),
      );
      return { status: 200, body: page };
    },
  });
}
