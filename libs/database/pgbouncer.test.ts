import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep, systemClock } from '@tocsin/kernel/clock.ts';
import { systemRandom } from '@tocsin/kernel/random.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { openDatabase } from './postgres-database.ts';
import { freePort } from './server/free-port.ts';
import { postgresAccount } from './server/run-as.ts';
import { mixTenants } from './testing/mixed-tenants.ts';
import { openTestDatabase, type TestDatabase, testTenant } from './testing/test-database.ts';

/** PgBouncer, where the machine has it (Debian package `pgbouncer`); else these tests are not run. */
const program = [process.env['TOCSIN_TEST_PGBOUNCER'], '/usr/sbin/pgbouncer', '/usr/bin/pgbouncer']
  .filter((path) => path !== undefined)
  .find((path) => existsSync(path));

/** The most hostile setting: every client shares one connection to the server, transaction by transaction. */
describe.skipIf(program === undefined)('behind PgBouncer with one connection', () => {
  let db: TestDatabase;
  let folder: string;
  let port: number;
  let bouncer: ChildProcess;
  let throughPool: Database;

  beforeAll(async () => {
    db = await openTestDatabase();
    folder = await fs.mkdtemp(join(tmpdir(), 'tocsin-pgbouncer-'));
    port = await freePort(join(folder, 'port'), systemRandom);
    bouncer = await startBouncer(folder, port, db);
    throughPool = await openWhenReady();
  });
  afterAll(async () => {
    await throughPool?.close();
    const ended = new Promise((resolve) => bouncer.once('exit', resolve));
    bouncer.kill('SIGTERM');
    await ended;
    await db.drop();
    await fs.rm(folder, { recursive: true, force: true });
  });

  it('shows 64 transactions of 8 tenants no foreign row, though some abort', async () => {
    const seen = await mixTenants(throughPool, 20_260_102);
    expect(seen.foreign).toEqual([]);
    expect(seen.committed).toBeGreaterThan(10);
    expect(seen.aborted).toBeGreaterThan(10);
  });

  it('leaves no tenant on the connection for the next client', async () => {
    await throughPool.inTenant(testTenant('tenant-0'), (tx) =>
      tx.selectFrom('audit_log').selectAll().execute(),
    );
    const next = new pg.Client({ connectionString: through(db.urls.app, port) });
    await next.connect();
    try {
      expect((await next.query('select * from audit_log')).rowCount).toBe(0);
    } finally {
      await next.end();
    }
  });

  async function openWhenReady(): Promise<Database> {
    const urls = { app: through(db.urls.app, port), platform: through(db.urls.platform, port) };
    for (;;) {
      try {
        return await openDatabase({ urls, connectionsMax: 16, connectTimeoutMs: 20_000 });
      } catch (error) {
        if (bouncer.exitCode !== null) throw error;
        await sleep(systemClock, 50);
      }
    }
  }
});

function through(url: string, port: number): string {
  const changed = new URL(url);
  changed.host = `127.0.0.1:${port}`;
  return changed.href;
}

async function startBouncer(folder: string, port: number, db: TestDatabase): Promise<ChildProcess> {
  const account = await postgresAccount();
  const { hostname, port: serverPort } = new URL(db.urls.app);
  const users = [db.urls.app, db.urls.platform].map((url) => {
    const { username, password } = new URL(url);
    return `"${username}" "${password}"\n`;
  });
  const settings = [
    '[databases]',
    `* = host=${hostname} port=${serverPort}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${join(folder, 'users')}`,
    'pool_mode = transaction',
    'default_pool_size = 1',
  ];
  await fs.writeFile(join(folder, 'users'), users.join(''), { mode: 0o600 });
  await fs.writeFile(join(folder, 'pgbouncer.ini'), settings.join('\n'), { mode: 0o600 });
  if (account !== undefined) {
    for (const name of ['', 'users', 'pgbouncer.ini']) {
      await fs.chown(join(folder, name), account.uid, account.gid);
    }
  }
  return spawn(program ?? '', [join(folder, 'pgbouncer.ini')], {
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
    stdio: 'ignore',
  });
}
