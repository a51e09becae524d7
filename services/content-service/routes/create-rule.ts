import { writeAudit } from '@tocsin/database/audit.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { ContentDeps } from '../content-deps.ts';
import { documentOf, RuleInput } from '../domain/rule-input.ts';
import { Rule, renderRule, ruleReply } from '../domain/rule-view.ts';
import {
  countOwnRules,
  insertSetting,
  insertVersion,
  lockSetting,
  OWN_RULES_MAX,
} from '../records.ts';

/** `POST /v1/rules`: a rule of the tenant's own, as a draft. It watches nothing until it is made active. */
export function createRuleRoute(deps: ContentDeps): Route {
  const { database, world, rules, ruleEngine } = deps;
  return tenantRoute({
    method: 'POST',
    path: '/v1/rules',
    operationId: 'createRule',
    summary: 'Keep a detection rule of your own, as a draft',
    tags: ['rules'],
    permission: 'rules:write',
    body: RuleInput,
    responses: { 201: Rule },
    handle: async (tenant, { body, requestId }) => {
      const document = documentOf(ruleEngine, body, 1);
      if (rules.some((rule) => rule.id === document.id)) throw taken(document.id);
      const at = new Date(world.clock.now());
      const rule = await database.inTenant(tenant, async (tx) => {
        if ((await lockSetting(tx, tenant, document.id)) !== undefined) throw taken(document.id);
        if ((await countOwnRules(tx, tenant)) >= OWN_RULES_MAX) {
          throw new Problem('conflict', {
            detail: `a tenant keeps at most ${OWN_RULES_MAX} rules of its own`,
          });
        }
        await insertVersion(tx, tenant, document, at);
        const setting = await insertSetting(tx, {
          tenant_id: tenant.tenantId,
          rule_id: document.id,
          origin: 'own',
          status: 'draft',
          active_version: null,
          latest_version: 1,
          enabled: true,
          severity: null,
          threshold: null,
          revision: 1,
          updated_at: at,
          updated_by: tenant.actor,
        });
        const made = { document, setting };
        await writeAudit(tx, tenant, {
          action: 'rule.create',
          objectType: 'rule',
          objectId: document.id,
          before: null,
          after: renderRule(made),
          requestId,
        });
        return made;
      });
      const reply = ruleReply(rule, 201);
      return { ...reply, headers: { ...reply.headers, location: `/v1/rules/${document.id}` } };
    },
  });
}

function taken(id: string): Problem {
  return new Problem('conflict', { detail: `there is a rule ${id} already; choose another id` });
}
