import type {
  RetentionReport,
  TenantBranding,
  TenantDeletion,
  TenantRetention,
} from '@tocsin/contracts/tenant.ts';
import type { TenantQuotaChange } from '@tocsin/contracts/tenant-quota.ts';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ContentTables, RuleHeadRow, RulePutBackRow } from './content-tables.ts';
import type {
  ApiKeyIndexRow,
  IdentityTables,
  KnownPersonRow,
  LoginSessionRow,
} from './identity-tables.ts';
import type { NotificationTables } from './notification-tables.ts';
import type { WorkflowTables } from './workflow-tables.ts';

/** Tables in the schema `tenant_data`, all under row-level security; `tenant_id` leads every key. */
export interface TenantTables
  extends WorkflowTables,
    IdentityTables,
    ContentTables,
    NotificationTables {
  audit_log: AuditRow;
  audit_seals: AuditSealRow;
  audit_heads: AuditHeadRow;
  outbox: OutboxRow;
}

/** Tables in the schema `platform`. */
export interface PlatformTables {
  tenants: TenantRow;
  api_key_index: ApiKeyIndexRow;
  login_sessions: LoginSessionRow;
  known_people: KnownPersonRow;
  audit_log: AuditRow;
  audit_seals: AuditSealRow;
  audit_heads: AuditHeadRow;
  audit_waiting: AuditWaitingRow;
  outbox_heads: OutboxHeadRow;
  rule_heads: RuleHeadRow;
  rule_put_backs: RulePutBackRow;
}

/** Who changed what (design 6). Insert only. The platform's own log has the same shape, for changes of tenants. */
export interface AuditRow {
  tenant_id: string;
  audit_id: Generated<string>;
  at: Generated<Date>;
  actor: string;
  action: string;
  object_type: string;
  object_id: string;
  before: JSONColumnType<object | null, string | null, never>;
  after: JSONColumnType<object | null, string | null, never>;
  request_id: string;
}

/** The place of an audit row in its tenant's chain, and the hash over everything up to it. Insert only. */
export interface AuditSealRow {
  /** `''` in the schema platform, which is one chain. */
  tenant_id: string;
  /** PostgreSQL `bigint`: the driver gives text. */
  seq: ColumnType<string, number, never>;
  audit_id: string;
  hash: ColumnType<Buffer, Uint8Array, never>;
}

/** A signed statement about a chain: where it ended (`head`), or up to where retention removed rows (`cut`). */
export interface AuditHeadRow {
  tenant_id: string;
  kind: 'head' | 'cut';
  seq: ColumnType<string, number, never>;
  hash: ColumnType<Buffer, Uint8Array, never>;
  signed_at: Date;
  key_id: string;
  signature: ColumnType<Buffer, Uint8Array, never>;
}

/** That a row of an audit log has no seal yet. Kept by a trigger. */
export interface AuditWaitingRow {
  tenant_id: string;
  audit_id: string;
}

/** A message that must follow a commit (design 3.9). */
export interface OutboxRow {
  tenant_id: string;
  outbox_id: string;
  topic: string;
  envelope: JSONColumnType<object>;
  created_at: Generated<Date>;
}

/** That a row of the outbox waits, and whose: all that is known across tenants. Kept by a trigger. */
export interface OutboxHeadRow {
  tenant_id: string;
  outbox_id: string;
  created_at: Generated<Date>;
}

/** A tenant. Ids are never reused: a deleted tenant keeps its row. */
export interface TenantRow {
  tenant_id: string;
  name: string;
  status: Generated<'active' | 'suspended' | 'deleting' | 'deleted'>;
  retention_days: number;
  data_residency: string;
  quota: JSONColumnType<TenantQuotaChange, string | undefined, string>;
  retention: JSONColumnType<TenantRetention, string | undefined, string>;
  branding: JSONColumnType<TenantBranding, string | undefined, string>;
  deletion: JSONColumnType<TenantDeletion | null, string | null | undefined, string | null>;
  last_retention: JSONColumnType<RetentionReport | null, string | null | undefined, string | null>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  created_by: string;
  modified_by: string;
  /** Grows with every change: it is the ETag. */
  version: Generated<number>;
}
