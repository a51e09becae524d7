import type { Generated, JSONColumnType } from 'kysely';
import type { WorkflowTables } from './workflow-tables.ts';

/** Tables in the schema `tenant_data`, all under row-level security; `tenant_id` leads every key. */
export interface TenantTables extends WorkflowTables {
  audit_log: AuditRow;
  outbox: OutboxRow;
}

/** Tables in the schema `platform`. */
export interface PlatformTables {
  tenants: TenantRow;
  audit_log: AuditRow;
  outbox_heads: OutboxHeadRow;
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
  status: Generated<'active' | 'suspended' | 'deleted'>;
  retention_days: number;
  data_residency: string;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  created_by: string;
  modified_by: string;
  /** Grows with every change: it is the ETag. */
  version: Generated<number>;
}
