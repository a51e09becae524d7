import { writeAudit } from '@tocsin/database/audit.ts';
import { checkIfMatch } from '@tocsin/http/etag.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { ContentDeps } from '../content-deps.ts';
import { documentOf, RuleInput } from '../domain/rule-input.ts';
import { Rule, renderRule, ruleReply, ruleRevision } from '../domain/rule-view.ts';
import { lockRule, ruleParams } from '../find-rule.ts';
import { insertVersion, updateSetting } from '../records.ts';

/** `PUT /v1/rules/{rule_id}` with `If-Match`: a new version. The active one goes on until another is made active. */
export function putRuleRoute(deps: ContentDeps): Route {
  const { database, world, ruleEngine } = deps;
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
    handle: async (tenant, { params, body, headers, requestId }) => {
      const at = new Date(world.clock.now());
      const rule = await database.inTenant(tenant, async (tx) => {
        const before = await lockRule(deps, tx, tenant, params.rule_id);
        const { setting } = before;
        if (setting?.origin !== 'own') throw shipped();
        checkIfMatch(headers, ruleRevision(before));
        if (body.id !== params.rule_id) throw otherId();
        const version = (setting.latest_version ?? 0) + 1;
        const document = documentOf(ruleEngine, body, version);
        await insertVersion(tx, tenant, document, at);
        const changed = await updateSetting(tx, tenant, params.rule_id, {
          latest_version: version,
          revision: setting.revision + 1,
          updated_at: at,
          updated_by: tenant.actor,
        });
        const shown = setting.active_version === null ? document : before.document;
        const after = { document: shown, setting: changed };
        await writeAudit(tx, tenant, {
          action: 'rule.version',
          objectType: 'rule',
          objectId: params.rule_id,
          before: renderRule(before),
          after: renderRule({ document, setting: changed }),
          requestId,
        });
        return after;
      });
      return ruleReply(rule);
    },
  });
}

function shipped(): Problem {
  return new Problem('conflict', {
    detail:
      'a shipped rule is not changed: override its values, or switch it off and keep your own',
  });
}

function otherId(): Problem {
  return new Problem('invalid_request', {
    detail: 'a rule keeps its id: alerts derive from it',
    errors: [{ pointer: '/id', detail: 'must be the id in the path' }],
  });
}
