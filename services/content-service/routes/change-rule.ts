import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { checkIfMatch } from '@tocsin/http/etag.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import type { ContentDeps } from '../content-deps.ts';
import { RuleChange, settingAfter } from '../domain/rule-change.ts';
import { type KnownRule, Rule, renderRule, ruleReply, ruleRevision } from '../domain/rule-view.ts';
import { lockRule, ruleParams, sigmaState } from '../find-rule.ts';
import { insertSetting, updateSetting } from '../records.ts';

/** `PATCH /v1/rules/{rule_id}` with `If-Match`. Detectors follow within seconds. */
export function changeRuleRoute(deps: ContentDeps): Route {
  const { database, world } = deps;
  return tenantRoute({
    method: 'PATCH',
    path: '/v1/rules/{rule_id}',
    operationId: 'changeRule',
    summary: 'Switch a rule on or off, override its values, make a version active or retire it',
    tags: ['rules'],
    permission: 'rules:write',
    params: ruleParams,
    body: RuleChange,
    responses: { 200: Rule },
    handle: async (tenant, { params, body, headers, requestId }) => {
      const at = new Date(world.clock.now());
      for (const exception of body.exceptions ?? []) deps.ruleEngine.checkException(exception);
      const sigma = await sigmaState(deps);
      const rule = await database.inTenant(tenant, async (tx) => {
        const before = await lockRule(deps, tx, tenant, params.rule_id, sigma);
        checkIfMatch(headers, ruleRevision(before));
        await keep(tx, tenant, before, body, at);
        const after = await lockRule(deps, tx, tenant, params.rule_id, sigma);
        await writeAudit(tx, tenant, {
          action: 'rule.change',
          objectType: 'rule',
          objectId: params.rule_id,
          before: renderRule(before),
          after: renderRule(after),
          requestId,
        });
        return after;
      });
      return ruleReply(rule);
    },
  });
}

async function keep(
  tx: TenantTransaction,
  tenant: TenantContext,
  before: KnownRule,
  change: RuleChange,
  at: Date,
): Promise<void> {
  const who = { updated_at: at, updated_by: tenant.actor };
  const next = { ...settingAfter(before, change), ...who };
  const { id } = before.document;
  if (before.setting === undefined) {
    await insertSetting(tx, { ...next, tenant_id: tenant.tenantId, rule_id: id });
  } else {
    await updateSetting(tx, tenant, id, next);
  }
}
