import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@tocsin/kernel/message-of.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import pg from 'pg';
import { connectProblem } from './database-problem.ts';
import { type DatabaseLog, silentLog } from './log.ts';
import type { DatabaseUrls } from './prepare-database.ts';
import type { RoleNames } from './role-names.ts';
import { singleClient } from './single-client.ts';

/** The product's own migrations. */
const MIGRATIONS_FOLDER = join(import.meta.dirname, 'migrations');

const FILE_NAME = /^(\d{3})-[a-z0-9-]+\.sql$/;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export interface MigrateOptions {
  readonly log?: DatabaseLog;
  /** Default: the folder `migrations` beside this file. */
  readonly folder?: string;
}

/**
 * Brings a database up to date as the role `owner`: each file of `migrations/` once, in order of its name, in a
 * transaction of its own, under a lock so that processes that start together do it once. Gives the names applied.
 *
 * @throws Problem `unavailable` when an applied file has changed or is missing (a newer Tocsin was here), or when
 *   a file fails; the database then stands at the file before it
 */
export async function migrate(
  urls: Pick<DatabaseUrls, 'owner' | 'roles'>,
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  const migrations = await readMigrations(options.folder ?? MIGRATIONS_FOLDER);
  const client = singleClient({
    connectionString: urls.owner,
    application_name: 'tocsin migrate',
  });
  try {
    await client.connect();
  } catch (error) {
    throw connectProblem(error);
  }
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', ['tocsin migrate']);
    const waiting = compare(migrations, await appliedMigrations(client));
    for (const migration of waiting) {
      await apply(client, migration, urls.roles);
      (options.log ?? silentLog).info({ migration: migration.name }, 'migration applied');
    }
    return waiting.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await fs.readdir(folder)).filter((name) => FILE_NAME.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await fs.readFile(join(folder, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function appliedMigrations(client: pg.Client): Promise<ReadonlyMap<string, string>> {
  await client.query(
    `create schema if not exists migration;
     create table if not exists migration.applied (
       name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
  );
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from migration.applied order by name',
  );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

/** The files to apply. History must be a set of the files here, each as it was when it was applied. */
function compare(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): readonly Migration[] {
  for (const [name, checksum] of applied) {
    const file = migrations.find((migration) => migration.name === name);
    if (file === undefined) {
      throw refusal(
        `the database has migration ${name}, which this version of Tocsin does not have: start the newer version that made it`,
      );
    }
    if (file.checksum !== checksum) {
      throw refusal(
        `migration ${name} has changed since it was applied: put the file back as it was and make the change in a new one`,
      );
    }
  }
  return migrations.filter((migration) => !applied.has(migration.name));
}

async function apply(client: pg.Client, migration: Migration, roles: RoleNames): Promise<void> {
  try {
    await client.query('begin');
    await client.query(withRoles(migration.sql, roles));
    await client.query('insert into migration.applied (name, checksum) values ($1, $2)', [
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    const reason = messageOf(cause);
    throw new Problem('unavailable', {
      detail: `migration ${migration.name} failed: ${reason}`,
      cause,
    });
  }
}

/** Fills in psql's variables `:"owner_role"`, `:"app_role"`, `:"platform_role"`. */
function withRoles(sql: string, roles: RoleNames): string {
  return sql
    .replaceAll(':"owner_role"', pg.escapeIdentifier(roles.owner))
    .replaceAll(':"app_role"', pg.escapeIdentifier(roles.app))
    .replaceAll(':"platform_role"', pg.escapeIdentifier(roles.platform));
}

function refusal(detail: string): Problem {
  return new Problem('unavailable', { detail });
}
