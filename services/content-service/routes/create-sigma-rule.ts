import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import type { ContentDeps } from '../content-deps.ts';
import { Rule } from '../domain/rule-view.ts';
import { SigmaInput } from '../domain/sigma-input.ts';
import { keepDraft } from '../keep-rule.ts';

/** `POST /v1/sigma-rules`: a Sigma rule of the tenant's own, as a draft; then a rule like its others. */
export function createSigmaRuleRoute(deps: ContentDeps): Route {
  return tenantRoute({
    method: 'POST',
    path: '/v1/sigma-rules',
    operationId: 'createSigmaRule',
    summary: 'Keep a Sigma rule of your own, as a draft',
    tags: ['rules'],
    permission: 'rules:write',
    body: SigmaInput,
    responses: { 201: Rule },
    handle: (tenant, { body, requestId }) =>
      keepDraft(deps, tenant, deps.ruleEngine.checkSigma(body.text, 1), requestId),
  });
}
