import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import Type from 'typebox';
import type { ContentDeps, DeferredNow, SigmaEntry } from './content-deps.ts';
import { deferredFor } from './domain/deferred-view.ts';
import type { KnownRule } from './domain/rule-view.ts';
import { deferredNow } from './find-deferred.ts';
import { findVersion, listRules, lockSetting, type RuleSettingRecord } from './records.ts';

/** Path parameters of a route on one rule. */
export const ruleParams = Type.Object({ rule_id: Type.String({ minLength: 1, maxLength: 80 }) });

/** Every rule a tenant sees, by id. */
export async function allRules(
  { rules }: ContentDeps,
  tx: TenantTransaction,
  tenant: TenantContext,
  sigma: SigmaState,
): Promise<KnownRule[]> {
  const settings = await listRules(tx, tenant);
  const byId = new Map(settings.map((setting) => [setting.rule_id, setting]));
  const shipped = rules.map((document) => ({ document, setting: byId.get(document.id) }));
  const deferred = (id: string, isOwn: boolean) =>
    deferredFor(sigma.deferred, tenant.tenantId, id, isOwn);
  const documents = sigma.entries.map(({ document, outcome, reason }) => ({
    document,
    setting: byId.get(document.id),
    outcome,
    reason,
    deferred: deferred(document.id, false),
  }));
  const own = settings.flatMap((setting) =>
    setting.document === null
      ? []
      : [{ document: setting.document, setting, deferred: deferred(setting.rule_id, true) }],
  );
  return [...shipped, ...documents, ...own].sort((a, b) =>
    a.document.id < b.document.id ? -1 : 1,
  );
}

/**
 * One rule, its setting locked until the end of the transaction.
 *
 * @throws Problem `not_found`
 */
export async function lockRule(
  deps: ContentDeps,
  tx: TenantTransaction,
  tenant: TenantContext,
  ruleId: string,
  sigma: SigmaState = NOTHING_KNOWN,
): Promise<KnownRule> {
  const setting = await lockSetting(tx, tenant, ruleId);
  const isOwn = setting?.origin === 'own';
  const entry = sigma.entries.find(({ document }) => document.id === ruleId);
  const deferred = deferredFor(sigma.deferred, tenant.tenantId, ruleId, isOwn);
  if (entry !== undefined && !isOwn) return { ...entry, setting, deferred };
  return { document: await documentFor(deps, tx, tenant, ruleId, setting), setting, deferred };
}

/** The Sigma documents of the installation, and what is off the hot path. */
export interface SigmaState {
  readonly entries: readonly SigmaEntry[];
  readonly deferred: DeferredNow;
}

const NOTHING_KNOWN: SigmaState = { entries: [], deferred: { rules: [], waiting: [] } };

/** What the detector has; asked before a transaction, because it asks another process. */
export async function sigmaState(deps: ContentDeps): Promise<SigmaState> {
  const [entries, deferred] = await Promise.all([deps.sigma?.() ?? [], deferredNow(deps)]);
  return { entries, deferred };
}

async function documentFor(
  { rules }: ContentDeps,
  tx: TenantTransaction,
  tenant: TenantContext,
  ruleId: string,
  setting: RuleSettingRecord | undefined,
): Promise<RuleDocument> {
  if (setting?.origin === 'own') {
    const version = setting.active_version ?? setting.latest_version ?? 0;
    const found = await findVersion(tx, tenant, ruleId, version);
    assert(found !== undefined, 'a rule has the version that its setting names');
    return found.document as RuleDocument;
  }
  const shipped = rules.find((rule) => rule.id === ruleId);
  if (shipped === undefined) throw notFound('rule', ruleId);
  return shipped;
}
