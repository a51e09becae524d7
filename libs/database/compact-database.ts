import { connectProblem } from './database-problem.ts';
import { singleClient } from './single-client.ts';

/** What a user without the right to do something gets. */
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Writes all tables of ours anew, so that deleted rows are in none of their files, and lets the write-ahead log
 * begin after them. Rows that are only deleted stay readable in the files until something else is written there.
 * Each table is locked while it is written; that takes about a second per gigabyte.
 *
 * A checkpoint needs a superuser (or `pg_checkpoint`): on an existing server without one the log is overwritten in time.
 *
 * @param url of a user that owns the tables or may do everything, directly on the server
 * @throws Problem `unavailable` when PostgreSQL cannot be reached
 */
export async function compactDatabase(url: string): Promise<void> {
  const client = singleClient({ connectionString: url, application_name: 'tocsin compact' });
  try {
    await client.connect();
  } catch (error) {
    throw connectProblem(error);
  }
  try {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relowner = (select nspowner from pg_namespace where nspname = 'tenant_data')
         and c.relkind = 'r' order by 1`,
    );
    for (const { name } of rows) await client.query(`vacuum (full) ${name}`);
    await client.query('select pg_switch_wal()').catch(allowRefusal);
    // Twice: the first one still keeps the log that its own beginning is in.
    await client.query('checkpoint').catch(allowRefusal);
    await client.query('checkpoint').catch(allowRefusal);
  } finally {
    await client.end();
  }
}

function allowRefusal(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== INSUFFICIENT_PRIVILEGE) throw error;
}
