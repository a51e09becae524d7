import { join } from 'node:path';
import { isAbsent, replaceFile } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import pg from 'pg';
import { connectProblem } from './database-problem.ts';
import { grantDatabase } from './grant-database.ts';
import { type RoleNames, roleNames } from './role-names.ts';
import { singleClient } from './single-client.ts';

/** The three roles' connections to one database. Secret: they hold passwords. */
export interface DatabaseUrls {
  readonly owner: string;
  readonly app: string;
  readonly platform: string;
  readonly roles: RoleNames;
}

export interface PrepareOptions {
  /** A user that may create roles and owns the database (or is superuser): the bundled server's, or `TOCSIN_DATABASE_URL`. */
  readonly url: string;
  /** The home's folder of keys. The roles' passwords are kept there in `database.json`, mode 0600. */
  readonly keysFolder: string;
  readonly world: World;
  /** Default `tocsin`: roles `tocsin_owner`, `tocsin_app`, `tocsin_platform`. */
  readonly rolePrefix?: string;
}

type Kind = 'owner' | 'app' | 'platform';
type Passwords = Readonly<Record<Kind, string>>;

const KINDS = ['owner', 'app', 'platform'] as const;

/** Oldest PostgreSQL with views that run under the caller's rights (`security_invoker`). */
const SERVER_VERSION_MIN = 150_000;

/**
 * Creates or corrects the three database roles and gives their connections. Idempotent; run it at every start.
 * Passwords are made once and kept in `keys/database.json`. Roles that exist on the server without a key file here
 * belong to another installation: that is refused, not taken over.
 *
 * @throws Problem `unavailable` with a sentence that says what the user or the server lacks
 */
export async function prepareDatabase(options: PrepareOptions): Promise<DatabaseUrls> {
  const roles = roleNames(options.rolePrefix);
  const client = singleClient({ connectionString: options.url, application_name: 'tocsin' });
  try {
    await client.connect();
  } catch (error) {
    throw connectProblem(error);
  }
  try {
    await checkServer(client);
    await client.query('select pg_advisory_lock(hashtext($1))', ['tocsin prepare']);
    const kept = await readPasswords(options);
    const passwords = kept ?? (await makePasswords(client, roles, options));
    await createRoles(client, roles, passwords);
    await grantDatabase(client, roles);
    return { ...urls(options.url, roles, passwords), roles };
  } finally {
    await client.end();
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string; encoding: string; may: boolean }>(
    `select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding,
            (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) as may`,
  );
  const [server] = rows;
  if (Number(server?.version ?? 0) < SERVER_VERSION_MIN) {
    throw refusal('the PostgreSQL server is older than 15: Tocsin needs 15 or newer');
  }
  if (server?.encoding !== 'UTF8') {
    throw refusal(
      `the database has encoding ${server?.encoding}: create it with encoding 'UTF8' template template0`,
    );
  }
  if (server.may !== true) {
    throw refusal(
      'the user of TOCSIN_DATABASE_URL may not create roles: run ALTER ROLE ... CREATEROLE for it, or use the owner of the server',
    );
  }
}

function passwordFile(options: PrepareOptions): string {
  return join(options.keysFolder, 'database.json');
}

async function readPasswords(options: PrepareOptions): Promise<Passwords | undefined> {
  try {
    const text = (await options.world.disk.read(passwordFile(options))).toString('utf8');
    const found: Partial<Record<Kind, unknown>> = JSON.parse(text);
    const { owner, app, platform } = found;
    if (typeof owner === 'string' && typeof app === 'string' && typeof platform === 'string') {
      return { owner, app, platform };
    }
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  throw refusal(`${passwordFile(options)} is damaged: bring it back from a backup of the home`);
}

async function makePasswords(
  client: pg.Client,
  roles: RoleNames,
  options: PrepareOptions,
): Promise<Passwords> {
  const found = await client.query<{ rolname: string }>(
    'select rolname from pg_roles where rolname = any($1)',
    [KINDS.map((kind) => roles[kind])],
  );
  if (found.rows[0] !== undefined) {
    throw refusal(
      `the role ${found.rows[0].rolname} exists on the server but ${passwordFile(options)} does not: copy that file from the installation that made the role, or set another prefix of roles`,
    );
  }
  const { disk, random } = options.world;
  const make = (): string => Buffer.from(random.bytes(24)).toString('base64url');
  const passwords = { owner: make(), app: make(), platform: make() };
  await disk.makeFolder(options.keysFolder);
  await replaceFile(disk, passwordFile(options), Buffer.from(`${JSON.stringify(passwords)}\n`));
  return passwords;
}

async function createRoles(client: pg.Client, roles: RoleNames, passwords: Passwords) {
  const { rows } = await client.query<{ mayQuiet: boolean }>(
    'select rolsuper as "mayQuiet" from pg_roles where rolname = current_user',
  );
  for (const kind of KINDS) {
    const name = pg.escapeIdentifier(roles[kind]);
    const found = await client.query('select 1 from pg_roles where rolname = $1', [roles[kind]]);
    const verb = found.rowCount === 0 ? 'create' : 'alter';
    await client.query(
      `${verb} role ${name} with login nocreatedb nocreaterole noinherit password ${pg.escapeLiteral(passwords[kind])}`,
    );
    // Their errors reach our own log; the server's would repeat them with the values of rows.
    if (rows[0]?.mayQuiet === true)
      await client.query(`alter role ${name} set log_min_messages = log`);
  }
  await setSearchPath(client, roles.owner, 'pg_catalog, pg_temp');
  await setSearchPath(client, roles.app, 'tenant_data, pg_temp');
  await setSearchPath(client, roles.platform, 'platform, pg_temp');
}

/** `pg_temp` comes last, so that a temporary table cannot stand in front of a real one. */
async function setSearchPath(client: pg.Client, role: string, path: string): Promise<void> {
  await client.query(`alter role ${pg.escapeIdentifier(role)} set search_path = ${path}`);
}

function urls(base: string, roles: RoleNames, passwords: Passwords): Record<Kind, string> {
  const make = (kind: Kind): string => {
    const url = new URL(base);
    url.username = encodeURIComponent(roles[kind]);
    url.password = passwords[kind];
    return url.href;
  };
  return { owner: make('owner'), app: make('app'), platform: make('platform') };
}

function refusal(detail: string): Problem {
  return new Problem('unavailable', { detail });
}
