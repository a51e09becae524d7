import type { Principal } from '@tocsin/auth/principal.ts';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { PlatformTransaction, TenantTransaction } from './database.ts';

/** One change, as the audit log keeps it. */
export interface AuditedChange {
  /** What was done, for example `case.update`: `<object>.<verb>`. */
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  /** The object before, in its form on the wire; `null` for a creation. No secrets. */
  readonly before: object | null;
  /** The object after; `null` for a removal. No secrets. */
  readonly after: object | null;
  /** The request that asked for it; `''` for background work. */
  readonly requestId: string;
}

/**
 * Writes who changed what, in the transaction of the change: when this fails, so does the change (design 6).
 * The actor is the context's, so it cannot be chosen by a caller. At most 5,000 changes in one call.
 */
export async function writeAudit(
  tx: TenantTransaction,
  tenant: TenantContext,
  ...changes: readonly AuditedChange[]
): Promise<void> {
  if (changes.length === 0) return;
  const who = { tenant_id: tenant.tenantId, actor: tenant.actor };
  await tx
    .insertInto('audit_log')
    .values(changes.map((change) => ({ ...who, ...columns(change) })))
    .execute();
}

/** The same for a change of a tenant itself, in `platform.audit_log`: it outlives the tenant's own data. */
export async function writePlatformAudit(
  tx: PlatformTransaction,
  principal: Principal,
  tenantId: string,
  change: AuditedChange,
): Promise<void> {
  await tx
    .insertInto('audit_log')
    .values({ tenant_id: tenantId, actor: principal.subject, ...columns(change) })
    .execute();
}

function columns(change: AuditedChange) {
  return {
    action: change.action,
    object_type: change.objectType,
    object_id: change.objectId,
    before: change.before === null ? null : JSON.stringify(change.before),
    after: change.after === null ? null : JSON.stringify(change.after),
    request_id: change.requestId,
  };
}
