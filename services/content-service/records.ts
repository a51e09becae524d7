import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import type { RuleSetting } from '@tocsin/content/rule-setting.ts';
import type { SigmaException } from '@tocsin/content/sigma-exception.ts';
import type { RuleSettingRow, RuleVersionRow } from '@tocsin/database/content-tables.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import type { Insertable, Selectable, Updateable } from 'kysely';

/** Most rules of its own a tenant keeps, retired ones included. */
export const OWN_RULES_MAX = 500;

/** What a tenant decided of a rule, as stored. */
export type RuleSettingRecord = Selectable<RuleSettingRow>;

/** A version, as stored. */
export type RuleVersionRecord = Selectable<RuleVersionRow>;

/** A setting with the version that runs, or else the newest, of a rule of the tenant's own. */
export interface RuleWithDocument extends RuleSettingRecord {
  readonly document: RuleDocument | null;
}

/** Every setting of a tenant with its document: at most a few hundred. */
export async function listRules(
  tx: TenantTransaction,
  tenant: TenantContext,
): Promise<readonly RuleWithDocument[]> {
  const rows = await tx
    .selectFrom('rule_settings as s')
    .leftJoin('rule_versions as v', (join) =>
      join
        .onRef('v.tenant_id', '=', 's.tenant_id')
        .onRef('v.rule_id', '=', 's.rule_id')
        .on((on) => on('v.version', '=', on.fn.coalesce('s.active_version', 's.latest_version'))),
    )
    .selectAll('s')
    .select('v.document')
    .where('s.tenant_id', '=', tenant.tenantId)
    .orderBy('s.rule_id')
    .execute();
  return rows.map((row) => ({ ...row, document: row.document as RuleDocument | null }));
}

/** What the detector needs of every setting. */
export async function listRuleSettings(
  tx: TenantTransaction,
  tenant: TenantContext,
): Promise<readonly RuleSetting[]> {
  const rows = await listRules(tx, tenant);
  return rows.map(({ rule_id, status, enabled, severity, threshold, exceptions, document }) => ({
    rule_id,
    status,
    enabled,
    severity,
    threshold,
    exceptions: exceptions as readonly SigmaException[],
    ...(document === null ? {} : { document }),
  }));
}

/** A setting, locked until the end of the transaction. */
export function lockSetting(
  tx: TenantTransaction,
  tenant: TenantContext,
  ruleId: string,
): Promise<RuleSettingRecord | undefined> {
  return tx
    .selectFrom('rule_settings')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('rule_id', '=', ruleId)
    .forUpdate()
    .executeTakeFirst();
}

export function insertSetting(
  tx: TenantTransaction,
  row: Insertable<RuleSettingRow>,
): Promise<RuleSettingRecord> {
  return tx.insertInto('rule_settings').values(row).returningAll().executeTakeFirstOrThrow();
}

export function updateSetting(
  tx: TenantTransaction,
  tenant: TenantContext,
  ruleId: string,
  change: Updateable<RuleSettingRow>,
): Promise<RuleSettingRecord> {
  return tx
    .updateTable('rule_settings')
    .set(change)
    .where('tenant_id', '=', tenant.tenantId)
    .where('rule_id', '=', ruleId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function insertVersion(
  tx: TenantTransaction,
  tenant: TenantContext,
  document: RuleDocument,
  at: Date,
): Promise<void> {
  await tx
    .insertInto('rule_versions')
    .values({
      tenant_id: tenant.tenantId,
      rule_id: document.id,
      version: document.version,
      document: JSON.stringify(document),
      created_at: at,
      created_by: tenant.actor,
    })
    .execute();
}

export function findVersion(
  tx: TenantTransaction,
  tenant: TenantContext,
  ruleId: string,
  version: number,
): Promise<RuleVersionRecord | undefined> {
  return tx
    .selectFrom('rule_versions')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('rule_id', '=', ruleId)
    .where('version', '=', version)
    .executeTakeFirst();
}

/** Versions of a rule, newest first, from below one. */
export function listVersions(
  tx: TenantTransaction,
  tenant: TenantContext,
  ruleId: string,
  below: number,
  limit: number,
): Promise<RuleVersionRecord[]> {
  return tx
    .selectFrom('rule_versions')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('rule_id', '=', ruleId)
    .where('version', '<', below)
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
}

export async function countOwnRules(tx: TenantTransaction, tenant: TenantContext): Promise<number> {
  const { own } = await tx
    .selectFrom('rule_settings')
    .select((count) => count.fn.countAll<string>().as('own'))
    .where('tenant_id', '=', tenant.tenantId)
    .where('origin', '=', 'own')
    .executeTakeFirstOrThrow();
  return Number(own);
}
