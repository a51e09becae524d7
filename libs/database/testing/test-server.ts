import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '@tocsin/kernel/assert.ts';
import { sleep, systemClock } from '@tocsin/kernel/clock.ts';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import pg from 'pg';
import { silentLog } from '../log.ts';
import { migrate } from '../migrate.ts';
import { type DatabaseUrls, prepareDatabase } from '../prepare-database.ts';
import { startPostgres } from '../server/start-postgres.ts';
import { TEST_FOLDER_VARIABLE } from './test-folder.ts';

/** The server that all test files of one run share, with a database that has every migration. */
export interface TestServer {
  /** May create databases and roles. */
  readonly adminUrl: string;
  readonly templateName: string;
  /** The roles' connections to the template; put another database's name in. */
  readonly urls: DatabaseUrls;
}

const WAIT_MS_MAX = 60_000;
const STEP_MS = 25;

let shared: Promise<TestServer> | undefined;

/** The run's server: started by the first caller in any worker, found by the others. */
export function testServer(): Promise<TestServer> {
  shared ??= findOrStart();
  return shared;
}

async function findOrStart(): Promise<TestServer> {
  const folder = process.env[TEST_FOLDER_VARIABLE];
  assert(folder !== undefined, 'vitest.config.ts names libs/database/testing/global-setup.ts');
  const stateFile = join(folder, 'state.json');
  const found = await readState(stateFile);
  if (found !== undefined) return found;
  if (!(await takeLock(join(folder, 'starting')))) return waitForState(folder, stateFile);
  try {
    const server = await start(folder);
    await fs.writeFile(`${stateFile}.part`, JSON.stringify(server), { mode: 0o600 });
    await fs.rename(`${stateFile}.part`, stateFile);
    return server;
  } catch (error) {
    await fs.writeFile(join(folder, 'failed'), String(error));
    throw error;
  }
}

async function start(folder: string): Promise<TestServer> {
  const given = process.env['TOCSIN_TEST_DATABASE_URL'];
  const name = `tocsin_test_${Buffer.from(systemWorld().random.bytes(5)).toString('hex')}`;
  const adminUrl = given ?? (await startServer(folder));
  await asAdmin(adminUrl, async (client) => {
    await client.query(`create database ${name} template template0 encoding 'UTF8'`);
  });
  const urls = await prepareDatabase({
    url: withDatabase(adminUrl, name),
    keysFolder: join(folder, 'keys'),
    world: systemWorld(),
    rolePrefix: name,
  });
  await migrate(urls);
  return { adminUrl, templateName: name, urls };
}

async function startServer(folder: string): Promise<string> {
  const server = await startPostgres({
    folder: join(folder, 'postgres'),
    engineFolder: await testEngineFolder(folder),
    log: silentLog,
    fsync: false,
    connectionsMax: 200,
    outputFile: join(folder, 'postgres.log'),
  });
  return server.url;
}

/** Where tests keep the programs from run to run; inside `folder` when somebody else could have put others there. */
export async function testEngineFolder(folder: string): Promise<string> {
  const kept = join(tmpdir(), `tocsin-engine-${process.getuid?.() ?? 0}`);
  await fs.mkdir(kept, { recursive: true, mode: 0o755 });
  const { uid, mode } = await fs.lstat(kept);
  const isOurs = uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0;
  return isOurs ? kept : join(folder, 'engine');
}

async function takeLock(path: string): Promise<boolean> {
  try {
    await fs.mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function waitForState(folder: string, stateFile: string): Promise<TestServer> {
  const deadline = systemClock.monotonic() + WAIT_MS_MAX;
  const hold = setInterval(() => undefined, 1_000);
  try {
    for (;;) {
      const found = await readState(stateFile);
      if (found !== undefined) return found;
      const failure = await fs.readFile(join(folder, 'failed'), 'utf8').catch(() => undefined);
      assert(failure === undefined, `the test server starts, but another worker met: ${failure}`);
      assert(systemClock.monotonic() < deadline, 'another worker starts the test server in time');
      await sleep(systemClock, STEP_MS);
    }
  } finally {
    clearInterval(hold);
  }
}

async function readState(stateFile: string): Promise<TestServer | undefined> {
  try {
    return JSON.parse(await fs.readFile(stateFile, 'utf8'));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Runs `work` on a connection that may create databases and roles. */
export async function asAdmin(
  url: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The same connection to another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
