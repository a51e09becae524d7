import { systemContext, type TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Database } from '@tocsin/database/database.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { PLATFORM_CHAIN } from './domain/chain.ts';
import type { ChainTransaction } from './records.ts';

/** One chain and how its rows are reached. */
export interface Chain {
  /** Its name in exports and statements. */
  readonly name: string;
  /** `tenant_id` of its seals: `''` for the platform's. */
  readonly tenantId: string;
  inTransaction<Result>(work: (tx: ChainTransaction) => Promise<Result>): Promise<Result>;
}

/** A tenant's chain. */
export function tenantChain(database: Database, tenant: TenantContext): Chain {
  return {
    name: tenant.tenantId,
    tenantId: tenant.tenantId,
    inTransaction: (work) => database.inTenant(tenant, work),
  };
}

/** The chain of changes of tenants themselves, and of tokens minted. */
export function platformChain(database: Database): Chain {
  return {
    name: PLATFORM_CHAIN,
    tenantId: '',
    inTransaction: (work) => database.inPlatform(work),
  };
}

/** The chain whose rows wait under this id. */
export function chainOf(database: Database, tenantId: string): Chain {
  if (tenantId === '') return platformChain(database);
  return tenantChain(database, systemContext(parseTenantId(tenantId), 'audit'));
}
