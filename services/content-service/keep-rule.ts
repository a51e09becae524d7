import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import { checkIfMatch } from '@tocsin/http/etag.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { ContentDeps } from './content-deps.ts';
import { type KnownRule, renderRule, ruleReply, ruleRevision } from './domain/rule-view.ts';
import { lockRule, sigmaState } from './find-rule.ts';
import {
  countOwnRules,
  insertSetting,
  insertVersion,
  lockSetting,
  OWN_RULES_MAX,
  updateSetting,
} from './records.ts';

/** Keeps a rule of the tenant's own, as a draft, and answers with it. Audited. */
export async function keepDraft(
  deps: ContentDeps,
  tenant: TenantContext,
  document: RuleDocument,
  requestId: string,
) {
  const { database, world, rules } = deps;
  const sigma = await sigmaState(deps);
  const others = [...rules, ...sigma.entries.map((entry) => entry.document)];
  if (others.some((rule) => rule.id === document.id)) throw taken(document.id);
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
    const made: KnownRule = { document, setting };
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
}

function taken(id: string): Problem {
  return new Problem('conflict', { detail: `there is a rule ${id} already; choose another id` });
}

const isSigma = ({ kind }: RuleDocument): boolean => kind === 'sigma';

/** Keeps a new version of a rule of the tenant's own, under `If-Match`, and answers with the rule. Audited. */
export async function keepVersion(
  deps: ContentDeps,
  tenant: TenantContext,
  ruleId: string,
  make: (version: number) => RuleDocument,
  {
    headers,
    requestId,
  }: { readonly headers: Parameters<typeof checkIfMatch>[0]; readonly requestId: string },
) {
  const { database, world } = deps;
  const at = new Date(world.clock.now());
  const sigma = await sigmaState(deps);
  const rule = await database.inTenant(tenant, async (tx) => {
    const before = await lockRule(deps, tx, tenant, ruleId, sigma);
    const { setting } = before;
    if (setting?.origin !== 'own') throw shipped();
    checkIfMatch(headers, ruleRevision(before));
    const version = (setting.latest_version ?? 0) + 1;
    const document = make(version);
    if (document.id !== ruleId) throw otherId();
    if (isSigma(document) !== isSigma(before.document)) throw otherKind();
    await insertVersion(tx, tenant, document, at);
    const changed = await updateSetting(tx, tenant, ruleId, {
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
      objectId: ruleId,
      before: renderRule(before),
      after: renderRule({ document, setting: changed }),
      requestId,
    });
    return after;
  });
  return ruleReply(rule);
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

function otherKind(): Problem {
  return new Problem('invalid_request', { detail: 'a rule stays Sigma or not: keep a new one' });
}
