import { READER_ROLE } from './server/access-files.ts';
import { singleClient } from './single-client.ts';

/** Connections of it at one time. */
const READER_CONNECTIONS_MAX = 5;
const READER_STATEMENT_TIMEOUT = '30s';

/**
 * Makes or corrects the login that reads the alerts of the tenant `default` and nothing else (migration 082). It has no
 * password: the server lets it in by its unix socket alone (`server/access-files.ts`). For the bundled server only; on a server of
 * somebody else a role of this name may be theirs.
 *
 * @param url a superuser's connection to the product's database
 */
export async function prepareReaderLogin(url: string): Promise<void> {
  const client = singleClient({ connectionString: url, application_name: 'tocsin' });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_roles where rolname = $1', [READER_ROLE]);
    const verb = found.rowCount === 0 ? 'create' : 'alter';
    await client.query(
      `${verb} role ${READER_ROLE} with login nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls
         password null connection limit ${READER_CONNECTIONS_MAX};
       alter role ${READER_ROLE} set search_path = cloudops, pg_temp;
       alter role ${READER_ROLE} set default_transaction_read_only = on;
       alter role ${READER_ROLE} set statement_timeout = '${READER_STATEMENT_TIMEOUT}';
       do $$ begin execute format('grant connect on database %I to ${READER_ROLE}', current_database()); end $$;
       grant usage on schema cloudops to ${READER_ROLE};
       grant select on cloudops.alerts to ${READER_ROLE};
       grant execute on function cloudops.default_alerts() to ${READER_ROLE};
       -- Anybody may make large objects otherwise: the one way to write that needs no right.
       revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public`,
    );
  } finally {
    await client.end();
  }
}
