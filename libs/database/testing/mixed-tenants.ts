import { seededRandom } from '@tocsin/kernel/random.ts';
import { sql } from 'kysely';
import { writeAudit } from '../audit.ts';
import type { Database } from '../database.ts';
import { testTenant } from './test-database.ts';

/** What 64 transactions of 8 tenants saw. */
export interface MixedTenants {
  /** Tenants of rows that were seen in a transaction of another tenant. Must be empty. */
  readonly foreign: readonly string[];
  readonly committed: number;
  readonly aborted: number;
}

/**
 * Runs 64 transactions of 8 tenants at once over however few connections there are. Each writes and reads; some
 * fail in the middle, some are given up by their caller.
 */
export async function mixTenants(database: Database, seed: number): Promise<MixedTenants> {
  const random = seededRandom(seed);
  const foreign: string[] = [];
  const one = async (index: number): Promise<void> => {
    const tenant = testTenant(`tenant-${index % 8}`);
    const isGivenUp = random.fraction() < 0.3;
    const fails = random.fraction() < 0.2;
    await database.inTenant(tenant, async (tx) => {
      await writeAudit(tx, tenant, {
        action: 'note.create',
        objectType: 'note',
        objectId: String(index),
        before: null,
        after: {},
        requestId: '',
      });
      if (fails) await sql`select 1 / 0`.execute(tx);
      const rows = await tx.selectFrom('audit_log').select('tenant_id').execute();
      foreign.push(...rows.map((row) => row.tenant_id).filter((id) => id !== tenant.tenantId));
      if (isGivenUp) throw new Error('the client went away');
    });
  };
  const results = await Promise.allSettled(Array.from({ length: 64 }, (_, index) => one(index)));
  const committed = results.filter((result) => result.status === 'fulfilled').length;
  return { foreign, committed, aborted: results.length - committed };
}
