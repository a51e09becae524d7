import type { DuckDBConnection } from '@duckdb/node-api';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { ExpirePolicy } from '../search-store.ts';
import { rows } from './day-file.ts';
import type { EventFiles } from './event-files.ts';

/**
 * Removes a tenant's events received before a time from every day file, and the file's free space with them:
 * deleted rows stay readable on disk until the file is written anew, so its blocks are checkpointed and vacuumed.
 */
export async function expireEvents(
  files: EventFiles,
  connection: DuckDBConnection,
  tenant: TenantContext,
  policy: ExpirePolicy,
): Promise<number> {
  let removed = 0;
  for (const file of files.days) {
    const where = `tenant_id = $1 and ingested_at < ${Math.ceil(policy.receivedBefore)}`;
    const [count] = await rows(
      connection,
      `select count(*) as count from ${file.name}.events where ${where}`,
      [tenant.tenantId],
    );
    const found = Number(count?.['count'] ?? 0);
    if (found === 0) continue;
    await connection.run(`delete from ${file.name}.events where ${where}`, [tenant.tenantId]);
    await connection.run(`checkpoint ${file.name}`);
    removed += found;
  }
  return removed;
}
