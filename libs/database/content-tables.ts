import type { ColumnType, JSONColumnType } from 'kysely';

/** Tables of detection rules in the schema `tenant_data` (migration 060). */
export interface ContentTables {
  rule_versions: RuleVersionRow;
  rule_settings: RuleSettingRow;
}

/** A version of a tenant's own rule. Insert only. */
export interface RuleVersionRow {
  tenant_id: string;
  rule_id: string;
  version: number;
  document: JSONColumnType<object, string, never>;
  created_at: ColumnType<Date, Date, never>;
  created_by: string;
}

/** What a tenant decided of a rule. */
export interface RuleSettingRow {
  tenant_id: string;
  rule_id: string;
  origin: 'shipped' | 'own';
  status: 'draft' | 'active' | 'retired';
  active_version: number | null;
  latest_version: number | null;
  enabled: boolean;
  severity: number | null;
  threshold: number | null;
  /** Of Sigma rules: a list of events to leave out. */
  exceptions: ColumnType<unknown, string | undefined, string>;
  revision: number;
  updated_at: Date;
  updated_by: string;
}

/** That a person wants a rule of the installation back on the hot path, in the schema `platform` (migration 120). */
export interface RulePutBackRow {
  rule_id: string;
  /** When the rule was moved off the hot path that is meant. */
  deferred_since: Date;
  asked_at: Date;
  asked_by: string;
}

/** That a tenant has settings of rules, in the schema `platform`. Kept by a trigger. */
export interface RuleHeadRow {
  tenant_id: string;
  /** PostgreSQL `bigint`: the driver gives text. */
  changes: string;
}
