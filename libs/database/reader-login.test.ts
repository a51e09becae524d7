import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemWorld } from '@tocsin/kernel/world.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCatalogueFaults } from './catalogue.ts';
import { silentLog } from './log.ts';
import { migrate } from './migrate.ts';
import { prepareDatabase } from './prepare-database.ts';
import { prepareReaderLogin } from './reader-login.ts';
import type { RoleNames } from './role-names.ts';
import { type PostgresServer, startPostgres } from './server/start-postgres.ts';
import { testEngineFolder } from './testing/test-server.ts';

let root: string;
let server: PostgresServer;
let admin: pg.Client;
let roles: RoleNames;
let reader: pg.Client;

beforeAll(async () => {
  root = await fs.mkdtemp(join(tmpdir(), 'tocsin-reader-'));
  await fs.chmod(root, 0o711);
  server = await startPostgres({
    folder: join(root, 'postgres'),
    engineFolder: await testEngineFolder(root),
    log: silentLog,
    fsync: false,
  });
  const keysFolder = join(root, 'keys');
  const urls = await prepareDatabase({ url: server.url, keysFolder, world: systemWorld() });
  roles = urls.roles;
  await migrate(urls);
  await prepareReaderLogin(server.url);
  await prepareReaderLogin(server.url);
  admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  for (const [tenant, count] of [
    ['default', 3],
    ['acme-corp', 2],
  ] as const) {
    await admin.query(
      `insert into tenant_data.alerts (
         tenant_id, alert_id, revision, rule_id, rule_name, rule_version, severity, status, title, description, category,
         repeat_key, first_event_at, last_event_at, event_count, total, related_events, created_at, updated_at, created_by, modified_by)
       select $1::text, gen_random_uuid(), 1, 'r', 'brute_force_attempt', 2, 9, 'acknowledged', $1 || n, '', 'auth', '', now(), now(), 1, 1,
         '["e-1"]', now(), now(), 'test', 'test' from generate_series(1, $2::int) as n`,
      [tenant, count],
    );
  }
  reader = await connect({ host: server.socketFolder ?? '', port: server.port });
});
afterAll(async () => {
  await reader.end();
  await admin.end();
  await server.stop();
  await fs.rm(root, { recursive: true, force: true });
});

/** As `psql -U app -d cloudops` does. */
async function connect(to: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({ ...to, user: 'app', database: 'cloudops' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof pg.DatabaseError)) throw error ?? new Error('nothing was refused');
  return error.code ?? '';
}

const DENIED = '42501';

describe('the login of SQL clients of the earlier system', () => {
  it("reads the alerts of the tenant `default`, as that system's table had them (C-019, C-034)", async () => {
    const { rows } = await reader.query('SELECT COUNT(*) FROM alerts');
    expect(rows).toEqual([{ count: '3' }]);
    const [row] = (await reader.query('select * from alerts limit 1')).rows;
    expect(row).toEqual({
      alert_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      event_id: 'e-1',
      score: expect.closeTo(0.9, 5),
      label: 'brute_force_attempt',
      status: 'investigating',
      model_version: 'r@2',
      created_at: expect.any(Date),
    });
  });

  it("sees no other tenant's rows, whatever tenant it sets", async () => {
    await reader.query("set app.tenant = 'acme-corp'");
    expect((await reader.query('select count(*) from alerts')).rows).toEqual([{ count: '3' }]);
    expect((await reader.query("select current_setting('app.tenant') as t")).rows).toEqual([
      { t: 'acme-corp' },
    ]);
    await reader.query('reset app.tenant');
  });

  it.each([
    'select * from tenant_data.alerts',
    'select * from tenant_data.audit_log',
    'select * from platform.tenants',
    'select * from words.alerts',
    'select * from migration.applied',
    "select tenant_data.alerts_like('{%a%}', '{}', 10)",
    "select platform.purge_tenant('default')",
    'select * from pg_authid',
    "select pg_read_file('/etc/passwd')",
    "copy alerts to '/tmp/x'",
    'set role tocsin_app',
  ])('may not read or become more: %s', async (text) => {
    expect(await codeOf(reader.query(text))).toBe(DENIED);
  });

  it.each([
    'insert into alerts (alert_id) values (1)',
    "update alerts set status = 'resolved'",
    'delete from alerts',
    "insert into tenant_data.alerts (tenant_id) values ('default')",
    'delete from tenant_data.alerts',
    'truncate tenant_data.alerts',
    'create table cloudops.t (a int)',
    'create table public.t (a int)',
    'create temporary table t (a int)',
    'create schema s',
    'select lo_create(0)',
    "select lo_from_bytea(0, 'a')",
    'alter role app superuser',
    'alter view cloudops.alerts owner to app',
  ])('may not write, with read-only transactions switched off: %s', async (text) => {
    await reader.query('set default_transaction_read_only = off');
    const code = await codeOf(reader.query(text));
    // Rows of a view over a function cannot be changed by anybody.
    expect([DENIED, '55000']).toContain(code);
    await reader.query('reset default_transaction_read_only');
  });

  it('has no password and is not let in by network', async () => {
    for (const password of ['', 'app', 'postgres', 'cloudops']) {
      const to = { host: '127.0.0.1', port: server.port, password };
      expect(await codeOf(connect(to))).toBe('28000');
    }
    const { rows } = await admin.query("select rolpassword from pg_authid where rolname = 'app'");
    expect(rows).toEqual([{ rolpassword: null }]);
  });

  it('leaves nothing in the catalogue by which tenants would not be kept apart', async () => {
    expect(await findCatalogueFaults(admin, roles)).toEqual([]);
    await admin.query('begin');
    await admin.query('grant insert on cloudops.alerts to app');
    expect(await findCatalogueFaults(admin, roles)).not.toEqual([]);
    await admin.query('rollback');
  });
});
