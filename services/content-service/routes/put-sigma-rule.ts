import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import type { ContentDeps } from '../content-deps.ts';
import { Rule } from '../domain/rule-view.ts';
import { SigmaInput } from '../domain/sigma-input.ts';
import { ruleParams } from '../find-rule.ts';
import { keepVersion } from '../keep-rule.ts';

/** `PUT /v1/sigma-rules/{rule_id}` with `If-Match`: a new version. The active one goes on until another is made active. */
export function putSigmaRuleRoute(deps: ContentDeps): Route {
  return tenantRoute({
    method: 'PUT',
    path: '/v1/sigma-rules/{rule_id}',
    operationId: 'putSigmaRule',
    summary: 'Keep a new version of a Sigma rule of your own',
    tags: ['rules'],
    permission: 'rules:write',
    params: ruleParams,
    body: SigmaInput,
    responses: { 200: Rule },
    handle: (tenant, { params, body, headers, requestId }) =>
      keepVersion(
        deps,
        tenant,
        params.rule_id,
        (version) => deps.ruleEngine.checkSigma(body.text, version),
        { headers, requestId },
      ),
  });
}
