import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep, systemClock } from '@tocsin/kernel/clock.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../log.ts';
import { testEngineFolder } from '../testing/test-server.ts';
import { findPostmasterFile, isAlive, parsePostmasterFile } from './postmaster-file.ts';
import { postgresAccount } from './run-as.ts';
import { DATABASE_NAME, type PostgresServer, startPostgres } from './start-postgres.ts';

/** Below the limit of a test, so that it is told why nothing starts. */
const AGAIN_MS_MAX = 20_000;

const isRoot = process.getuid?.() === 0;

let root: string;
let folder: string;
let engineFolder: string;
let server: PostgresServer | undefined;

beforeAll(async () => {
  root = await fs.mkdtemp(join(tmpdir(), 'tocsin-start-'));
  await fs.chmod(root, 0o711);
  folder = join(root, 'postgres');
  engineFolder = await testEngineFolder(root);
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
afterAll(() => fs.rm(root, { recursive: true, force: true }));

async function start(at = folder): Promise<PostgresServer> {
  server = await startPostgres({ folder: at, engineFolder, log: silentLog });
  return server;
}

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

async function problemOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isProblem(error)) throw error ?? new Error('nothing was thrown');
  return error;
}

describe('startPostgres', () => {
  it('gives a database that had another name its present one, with what is in it', async () => {
    const { url } = await start();
    await query(url, 'create table kept (a int)');
    const other = new URL(url);
    other.pathname = '/postgres';
    await query(other.href, `alter database ${DATABASE_NAME} rename to tocsin`);
    await server?.stop();
    const again = await start();
    expect(await query(again.url, 'select * from kept')).toEqual([]);
    await query(again.url, 'drop table kept');
  });

  it("starts over a socket's lock that a power cut left and whose pid is now somebody else's", async () => {
    const { port, socketFolder = '' } = await start();
    await server?.stop();
    const account = await postgresAccount();
    const other = spawn('sleep', ['60'], account === undefined ? {} : { uid: account.uid });
    const lines = [other.pid, folder, 0, port, socketFolder, ''];
    const lock = join(socketFolder, `.s.PGSQL.${port}.lock`);
    await fs.writeFile(lock, lines.join('\n'));
    if (account !== undefined) await fs.chown(lock, account.uid, account.gid);
    const again = await start();
    expect(again.port).toBe(port);
    other.kill();
  });

  it('makes a durable server in UTF-8, in which jsonb takes any letter', async () => {
    const { url } = await start();
    const [settings] = await query(
      url,
      `select current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
              current_setting('synchronous_commit') as commit, current_setting('full_page_writes') as pages,
              current_setting('data_checksums') as checksums, current_setting('TimeZone') as zone,
              '{"a":"caf\\u00e9 \\ud83d\\ude00"}'::jsonb as json`,
    );
    expect(settings).toEqual({
      encoding: 'UTF8',
      fsync: 'on',
      commit: 'on',
      pages: 'on',
      checksums: 'on',
      zone: 'UTC',
      json: { a: 'caf\u00e9 \u{1f600}' },
    });
  });

  it('lets nobody in without the password, by loopback or by socket', async () => {
    const { url, port, socketFolder } = await start();
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    const socket = new pg.Client({ host: socketFolder, port, user: 'postgres', password: 'wrong' });
    await expect(socket.connect()).rejects.toMatchObject({ code: '28P01' });
    expect((await fs.stat(join(folder, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('takes connections on its socket', async () => {
    const { url, port, socketFolder } = await start();
    const { username: user, password } = new URL(url);
    const client = new pg.Client({
      host: socketFolder,
      port,
      user,
      password,
      database: DATABASE_NAME,
    });
    await client.connect();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  it.runIf(isRoot)('runs under another user than root', async () => {
    const { pid } = await start();
    expect((await fs.stat(`/proc/${pid}`)).uid).not.toBe(0);
  });

  it('keeps its rows and its port over a stop, which may be asked twice', async () => {
    const first = await start();
    await query(first.url, 'create table kept (n integer)');
    await query(first.url, 'insert into kept values (1)');
    await Promise.all([first.stop(), first.stop()]);
    expect(await first.exited).toEqual({ code: 0, signal: null });
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select * from kept')).toEqual([{ n: 1 }]);
  });

  it('stops the server that outlived its supervisor, and starts its own', async () => {
    const orphan = await startInKilledProcess();
    expect(isAlive(orphan)).toBe(true);
    const { pid, url } = await start();
    expect(pid).not.toBe(orphan);
    expect(isAlive(orphan)).toBe(false);
    expect(await query(url, 'select * from orphaned')).toEqual([{ n: 7 }]);
  });

  it('starts beside a postmaster.pid whose pid is another process, as after a reboot', async () => {
    await (await start()).stop();
    const stale = `${process.pid}\n${join(folder, 'data')}\n1\n5432\n\n127.0.0.1\n0\nready\n`;
    await fs.writeFile(join(folder, 'data', 'postmaster.pid'), stale);
    expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says when the server ends by itself, and recovers from that', async () => {
    const first = await start();
    await query(first.url, 'create table crashed as select 1 as n');
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toMatchObject({ signal: 'SIGKILL' });
    const { url } = await startAgain();
    expect(await query(url, 'select * from crashed')).toEqual([{ n: 1 }]);
  });

  it.runIf(isRoot)('names the folder that the user of PostgreSQL cannot enter', async () => {
    const closed = join(root, 'closed');
    await fs.mkdir(closed, { mode: 0o700 });
    const problem = await problemOf(start(join(closed, 'home', 'postgres')));
    expect(problem.detail).toContain(`cannot enter ${closed}:`);
    expect(problem.detail).toMatch(/choose a home elsewhere|chmod/);
  });

  it.runIf(isRoot)('gives a database that came from a backup to the user it runs as', async () => {
    await (await start()).stop();
    await fs.chown(join(folder, 'data'), 0, 0);
    await fs.chown(join(folder, 'data', 'PG_VERSION'), 0, 0);
    expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says what PostgreSQL complained of when it does not start', async () => {
    await (await start()).stop();
    const file = join(folder, 'data', 'postgresql.conf');
    const before = await fs.readFile(file, 'utf8');
    await fs.writeFile(file, `${before}\nno_such_setting = on\n`);
    const problem = await problemOf(start());
    await fs.writeFile(file, before);
    expect(problem.detail).toMatch(/ended while it started on .*: FATAL: {2}configuration file/);
  });

  it('does not make a new password for an old database', async () => {
    await (await start()).stop();
    await fs.rename(join(folder, 'password'), join(folder, 'password.away'));
    const problem = await problemOf(start());
    expect(problem.detail).toMatch(/password file .* is gone/);
    await fs.rename(join(folder, 'password.away'), join(folder, 'password'));
  });
});

/** The processes of a killed server need a moment to see it; the supervisor tries again as well. */
async function startAgain(): Promise<PostgresServer> {
  const end = systemClock.monotonic() + AGAIN_MS_MAX;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (systemClock.monotonic() > end) throw error;
      await sleep(systemClock, 50);
    }
  }
}

/** Starts the server in a process of its own, writes a row, and kills that process. Gives the server's pid. */
async function startInKilledProcess(): Promise<number> {
  const url = (name: string) => new URL(name, import.meta.url).href;
  const program = `
    const { startPostgres } = await import(${JSON.stringify(url('./start-postgres.ts'))});
    const { silentLog } = await import(${JSON.stringify(url('../log.ts'))});
    const { default: pg } = await import(${JSON.stringify(import.meta.resolve('pg'))});
    const server = await startPostgres({ folder: ${JSON.stringify(folder)}, engineFolder: ${JSON.stringify(engineFolder)}, log: silentLog });
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query('create table orphaned as select 7 as n');
    process.kill(process.pid, 'SIGKILL');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const signal = await new Promise((resolve) => child.once('exit', (_code, name) => resolve(name)));
  expect(signal).toBe('SIGKILL');
  const file = await findPostmasterFile(join(folder, 'data'));
  return file?.pid ?? 0;
}

describe('parsePostmasterFile', () => {
  it.each([
    ['', undefined],
    ['\n', undefined],
    ['-5\n/data\n', undefined],
    ['x\n/data\n', undefined],
    ['12', { pid: 12, dataFolder: '', port: 0, status: '' }],
    [
      '12\n/data\n1700000000\n5433\n/run\n127.0.0.1\n 1 2\nready   \n',
      { pid: 12, dataFolder: '/data', port: 5433, status: 'ready' },
    ],
  ])('reads %j', (text, expected) => {
    expect(parsePostmasterFile(text)).toEqual(expected);
  });
});
