import type { AuditEntry } from './domain/audit-entry.ts';
import type { SealedRow } from './records.ts';

/** A row as it is on the wire. */
export function renderEntry(row: SealedRow): AuditEntry {
  return {
    tenant_id: row.tenant_id,
    audit_id: row.audit_id,
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    object_type: row.object_type,
    object_id: row.object_id,
    before: row.before === null ? null : JSON.parse(row.before),
    after: row.after === null ? null : JSON.parse(row.after),
    request_id: row.request_id,
    seq: row.seq === null ? null : Number(row.seq),
    hash: row.hash === null ? null : row.hash.toString('hex'),
  };
}
