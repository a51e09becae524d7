import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { systemRandom } from '@tocsin/kernel/random.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCatalogueFaults } from './catalogue.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './postgres-database.ts';
import { type PrepareOptions, prepareDatabase } from './prepare-database.ts';
import { asAdmin, testServer, withDatabase } from './testing/test-server.ts';

let name: string;
let folder: string;
let adminUrl: string;
let options: PrepareOptions;

beforeEach(async () => {
  name = `prepare_${Buffer.from(systemRandom.bytes(5)).toString('hex')}`;
  folder = await fs.mkdtemp(join(tmpdir(), 'tocsin-prepare-'));
  ({ adminUrl } = await testServer());
  await admin(`create database ${name} template template0 encoding 'UTF8'`);
  options = {
    url: withDatabase(adminUrl, name),
    keysFolder: join(folder, 'keys'),
    world: systemWorld(),
    rolePrefix: name,
  };
});
afterEach(async () => {
  await admin(`drop database ${name} with (force)`);
  await fs.rm(folder, { recursive: true, force: true });
  for (const role of ['owner', 'app', 'platform', 'dba']) {
    await admin(`drop role if exists ${name}_${role}`);
  }
});

function admin(statement: string): Promise<void> {
  return asAdmin(adminUrl, async (client) => {
    await client.query(statement);
  });
}

async function problemOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isProblem(error)) throw error ?? new Error('nothing was thrown');
  return error;
}

/** The existing server's user as managed services give it: no superuser, but owner of its database. */
async function dbaUrl(rights: string): Promise<string> {
  await admin(`create role ${name}_dba login password 'secret' ${rights}`);
  await admin(`alter database ${name} owner to ${name}_dba`);
  const url = new URL(options.url);
  url.username = `${name}_dba`;
  url.password = 'secret';
  return url.href;
}

describe('prepareDatabase', () => {
  it('makes three roles once and keeps their passwords for the next start', async () => {
    const first = await prepareDatabase(options);
    expect(await prepareDatabase(options)).toEqual(first);
    const file = join(options.keysFolder, 'database.json');
    expect((await fs.stat(file)).mode & 0o777).toBe(0o600);
    expect(first.app).toContain(`//${name}_app:`);
  });

  it('needs no superuser on an existing server', async () => {
    const urls = await prepareDatabase({ ...options, url: await dbaUrl('createrole') });
    await migrate(urls);
    const database = await openDatabase({ urls });
    await database.close();
    const client = new pg.Client({ connectionString: options.url });
    await client.connect();
    try {
      expect(await findCatalogueFaults(client, urls.roles)).toEqual([]);
    } finally {
      await client.end();
    }
  });

  it('says so when the user may not create roles', async () => {
    const url = await dbaUrl('nocreaterole');
    const problem = await problemOf(prepareDatabase({ ...options, url }));
    expect(problem.detail).toMatch(/may not create roles/);
  });

  it('does not take over the roles of another installation', async () => {
    await prepareDatabase(options);
    const keysFolder = join(folder, 'other-keys');
    const problem = await problemOf(prepareDatabase({ ...options, keysFolder }));
    expect(problem.detail).toMatch(/exists on the server but .* does not/);
  });

  it('says so when its key file is damaged', async () => {
    await prepareDatabase(options);
    await fs.writeFile(join(options.keysFolder, 'database.json'), '{"owner":1}');
    expect((await problemOf(prepareDatabase(options))).detail).toMatch(/is damaged/);
  });

  it('says so when the database is not in UTF-8', async () => {
    await admin(`drop database ${name}`);
    await admin(
      `create database ${name} template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'`,
    );
    expect((await problemOf(prepareDatabase(options))).detail).toMatch(/encoding SQL_ASCII/);
  });

  it('says so when there is no server', async () => {
    const url = 'postgres://nobody:secret@127.0.0.1:1/none';
    const problem = await problemOf(prepareDatabase({ ...options, url }));
    expect(problem).toMatchObject({ code: 'unavailable', retryable: true });
    expect(problem.detail).not.toContain('secret');
  });
});

describe('migrate', () => {
  let files: string;
  beforeEach(async () => {
    files = join(folder, 'migrations');
    await fs.mkdir(files);
    await add('001-first.sql', 'create schema s; create table s.first (n integer);');
  });

  const add = (file: string, sql: string) => fs.writeFile(join(files, file), sql);

  it('applies each file once, in order, also when several processes start together', async () => {
    const urls = await prepareDatabase(options);
    await add('002-second.sql', 'alter table s.first add m integer;');
    const applied = await Promise.all([1, 2, 3].map(() => migrate(urls, { folder: files })));
    expect(applied.flat()).toEqual(['001-first.sql', '002-second.sql']);
    await add('003-third.sql', 'alter table s.first add o integer;');
    expect(await migrate(urls, { folder: files })).toEqual(['003-third.sql']);
  });

  it('refuses a file that has changed since it was applied, and one that is gone', async () => {
    const urls = await prepareDatabase(options);
    await migrate(urls, { folder: files });
    await add('001-first.sql', 'create schema s;');
    expect((await problemOf(migrate(urls, { folder: files }))).detail).toMatch(
      /001-first.sql has changed/,
    );
    await fs.rm(join(files, '001-first.sql'));
    expect((await problemOf(migrate(urls, { folder: files }))).detail).toMatch(/newer version/);
  });

  it('leaves the database at the file before one that fails', async () => {
    const urls = await prepareDatabase(options);
    await add('002-wrong.sql', 'create table s.second (n integer); select nonsense;');
    const problem = await problemOf(migrate(urls, { folder: files }));
    expect(problem.detail).toMatch(/002-wrong.sql failed: column "nonsense"/);
    await add('002-wrong.sql', 'create table s.second (n integer);');
    expect(await migrate(urls, { folder: files })).toEqual(['002-wrong.sql']);
  });

  it('runs as the owner, which everything then belongs to', async () => {
    const urls = await prepareDatabase(options);
    await add('002-grant.sql', 'grant usage on schema s to :"app_role"');
    await migrate(urls, { folder: files });
    await asAdmin(options.url, async (client) => {
      const { rows } = await client.query(
        `select nspowner::regrole::text as owner, has_schema_privilege($1, 's', 'usage') as may
         from pg_namespace where nspname = 's'`,
        [urls.roles.app],
      );
      expect(rows).toEqual([{ owner: urls.roles.owner, may: true }]);
    });
  });
});
