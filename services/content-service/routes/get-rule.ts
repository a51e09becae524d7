import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import { etagOf } from '@tocsin/http/etag.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import Type from 'typebox';
import { Rule, renderRule } from '../domain/rule-view.ts';

/** `GET /v1/rules/{rule_id}`. */
export function getRuleRoute(rules: readonly RuleDocument[]): Route {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return tenantRoute({
    method: 'GET',
    path: '/v1/rules/{rule_id}',
    operationId: 'getRule',
    summary: 'Read a detection rule',
    tags: ['rules'],
    permission: 'rules:read',
    params: Type.Object({ rule_id: Type.String({ minLength: 1, maxLength: 80 }) }),
    responses: { 200: Rule },
    handle: async (_tenant, { params }) => {
      const rule = byId.get(params.rule_id);
      if (rule === undefined) throw new Problem('not_found', { detail: 'there is no such rule' });
      return { status: 200, body: renderRule(rule), headers: { etag: etagOf(rule.version) } };
    },
  });
}
