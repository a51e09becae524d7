import { notFound } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import type { ContentDeps } from '../content-deps.ts';
import { Rule, ruleReply } from '../domain/rule-view.ts';
import { allRules, ruleParams, sigmaState } from '../find-rule.ts';

/** `GET /v1/rules/{rule_id}`. */
export function getRuleRoute(deps: ContentDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/rules/{rule_id}',
    operationId: 'getRule',
    summary: 'Read a detection rule',
    tags: ['rules'],
    permission: 'rules:read',
    params: ruleParams,
    responses: { 200: Rule },
    handle: async (tenant, { params }) => {
      const sigma = await sigmaState(deps);
      const rules = await deps.database.inTenant(tenant, (tx) => allRules(deps, tx, tenant, sigma));
      const rule = rules.find(({ document }) => document.id === params.rule_id);
      if (rule === undefined) throw notFound('rule', params.rule_id);
      return ruleReply(rule);
    },
  });
}
