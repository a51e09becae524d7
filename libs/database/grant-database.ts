import pg from 'pg';
import type { RoleNames } from './role-names.ts';

/** Closes a database to everybody but the three roles: no connection, no temporary tables. Idempotent. */
export async function grantDatabase(
  client: Pick<pg.Client, 'query'>,
  roles: RoleNames,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  const database = pg.escapeIdentifier(rows[0]?.name ?? '');
  const owner = pg.escapeIdentifier(roles.owner);
  const all = [roles.owner, roles.app, roles.platform].map((role) => pg.escapeIdentifier(role));
  await client.query(`revoke all on database ${database} from public`);
  await client.query(`grant connect on database ${database} to ${all.join(', ')}`);
  await client.query(`grant create on database ${database} to ${owner}`);
}
