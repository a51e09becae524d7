import type { TenantQuota } from '@tocsin/contracts/tenant-quota.ts';
import type { Database } from '@tocsin/database/database.ts';

/** What the tenant service needs from the process it runs in. */
export interface TenantServiceDeps {
  readonly database: Database;
  /** Where this installation stores data; empty when nobody said. */
  readonly residency: readonly string[];
  /** What a tenant may use for which nothing else is set. */
  readonly defaultQuota: TenantQuota;
}
