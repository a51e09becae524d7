import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Transaction } from 'kysely';
import type { PlatformTables, TenantTables } from './tables.ts';

/** A transaction that sees one tenant's rows (role `app`, row-level security forced). */
export type TenantTransaction = Transaction<TenantTables>;

/** A transaction in the schema `platform` (role `platform`): tenants, key index, outbox heads. */
export type PlatformTransaction = Transaction<PlatformTables>;

/**
 * PostgreSQL, the one system of record (design 4). All access is by these two methods, so no query runs
 * without a tenant, or with rights beyond its role.
 */
export interface Database {
  /**
   * Runs `work` in one transaction under row-level security for the tenant.
   * Serialization failures and deadlocks are retried up to 3 times, so `work` has no effects but SQL.
   *
   * @throws Problem `unavailable` when PostgreSQL cannot be reached, `deadline_exceeded` past `statement_timeout`
   */
  inTenant<Result>(
    tenant: TenantContext,
    work: (tx: TenantTransaction) => Promise<Result>,
  ): Promise<Result>;
  inPlatform<Result>(work: (tx: PlatformTransaction) => Promise<Result>): Promise<Result>;
  /** Resolves when a round trip works; throws Problem `unavailable` else. For `/ready`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
