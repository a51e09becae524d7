import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import type { ContentDeps } from '../content-deps.ts';
import { documentOf, RuleInput } from '../domain/rule-input.ts';
import { Rule } from '../domain/rule-view.ts';
import { ruleParams } from '../find-rule.ts';
import { keepVersion } from '../keep-rule.ts';

/** `PUT /v1/rules/{rule_id}` with `If-Match`: a new version. The active one goes on until another is made active. */
export function putRuleRoute(deps: ContentDeps): Route {
  return tenantRoute({
    method: 'PUT',
    path: '/v1/rules/{rule_id}',
    operationId: 'putRule',
    summary: 'Keep a new version of a rule of your own',
    tags: ['rules'],
    permission: 'rules:write',
    params: ruleParams,
    body: RuleInput,
    responses: { 200: Rule },
    handle: (tenant, { params, body, headers, requestId }) =>
      keepVersion(
        deps,
        tenant,
        params.rule_id,
        (version) => documentOf(deps.ruleEngine, body, version),
        { headers, requestId },
      ),
  });
}
