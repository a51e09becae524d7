import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import type { ContentDeps } from '../content-deps.ts';
import { documentOf, RuleInput } from '../domain/rule-input.ts';
import { Rule } from '../domain/rule-view.ts';
import { keepDraft } from '../keep-rule.ts';

/** `POST /v1/rules`: a rule of the tenant's own, as a draft. It watches nothing until it is made active. */
export function createRuleRoute(deps: ContentDeps): Route {
  return tenantRoute({
    method: 'POST',
    path: '/v1/rules',
    operationId: 'createRule',
    summary: 'Keep a detection rule of your own, as a draft',
    tags: ['rules'],
    permission: 'rules:write',
    body: RuleInput,
    responses: { 201: Rule },
    handle: (tenant, { body, requestId }) =>
      keepDraft(deps, tenant, documentOf(deps.ruleEngine, body, 1), requestId),
  });
}
