import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import Type from 'typebox';
import type { ContentDeps, SigmaEntry } from './content-deps.ts';
import type { KnownRule } from './domain/rule-view.ts';
import { findVersion, listRules, lockSetting, type RuleSettingRecord } from './records.ts';

/** Path parameters of a route on one rule. */
export const ruleParams = Type.Object({ rule_id: Type.String({ minLength: 1, maxLength: 80 }) });

/** Every rule a tenant sees, by id. */
export async function allRules(
  { rules }: ContentDeps,
  tx: TenantTransaction,
  tenant: TenantContext,
  sigma: readonly SigmaEntry[],
): Promise<KnownRule[]> {
  const settings = await listRules(tx, tenant);
  const byId = new Map(settings.map((setting) => [setting.rule_id, setting]));
  const shipped = rules.map((document) => ({ document, setting: byId.get(document.id) }));
  const documents = sigma.map(({ document, outcome, reason }) => ({
    document,
    setting: byId.get(document.id),
    outcome,
    reason,
  }));
  const own = settings.flatMap((setting) =>
    setting.document === null ? [] : [{ document: setting.document, setting }],
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
  sigma: readonly SigmaEntry[] = [],
): Promise<KnownRule> {
  const setting = await lockSetting(tx, tenant, ruleId);
  const entry = sigma.find(({ document }) => document.id === ruleId);
  if (entry !== undefined && setting?.origin !== 'own') return { ...entry, setting };
  return { document: await documentFor(deps, tx, tenant, ruleId, setting), setting };
}

/** The Sigma documents of the installation; asked before a transaction, because it asks another process. */
export async function sigmaEntries({ sigma }: ContentDeps): Promise<readonly SigmaEntry[]> {
  return (await sigma?.()) ?? [];
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
