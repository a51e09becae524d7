import pg from 'pg';
import type { House } from './house.ts';

/** Tables of tenants that lie outside their schema, so that no policy guards them. */
const OUTSIDE = ['platform.login_sessions', 'platform.api_key_index'];

/** A fingerprint of every table's rows of a tenant, by table: what must not change by what others do. */
export async function snapshotOf(house: House, tenant: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: house.db.urls.admin });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'tenant_data' and c.relkind in ('r', 'p') order by 1`,
    );
    const prints: Record<string, string> = {};
    const own = tables.map(({ name }) => `tenant_data.${name}`);
    for (const name of [...own, ...OUTSIDE]) {
      const { rows } = await client.query<{ print: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as print
         from ${name} t where tenant_id = $1`,
        [tenant],
      );
      prints[name] = rows[0]?.print ?? '';
    }
    return prints;
  } finally {
    await client.end();
  }
}
