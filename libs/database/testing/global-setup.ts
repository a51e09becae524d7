import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tocsin/kernel/clock.ts';
import pg from 'pg';
import { silentLog } from '../log.ts';
import { isAlive } from '../server/postmaster-file.ts';
import { stopOrphan } from '../server/stop-postmaster.ts';
import { TEST_FOLDER_VARIABLE } from './test-folder.ts';
import type { TestServer } from './test-server.ts';

const FOLDER_PREFIX = 'tocsin-test-postgres-';

/**
 * Gives a run of the tests a folder for its server. The server itself is started by the first test that needs it
 * (`test-database.ts`) and stopped when the run ends. What a killed run left behind is removed first.
 */
export async function setup(): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = await fs.mkdtemp(join(tmpdir(), FOLDER_PREFIX));
  await fs.chmod(folder, 0o711); // as root, the account of PostgreSQL must enter it
  await fs.writeFile(join(folder, 'run.pid'), String(process.pid));
  process.env[TEST_FOLDER_VARIABLE] = folder;
  return async () => {
    if (process.env['TOCSIN_TEST_DATABASE_URL'] !== undefined) await clearGivenServer(folder);
    await remove(folder);
  };
}

async function removeLeftovers(): Promise<void> {
  for (const name of await fs.readdir(tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const folder = join(tmpdir(), name);
    // It may go meanwhile: other runs end and clean up too.
    const found = await fs.stat(folder).catch(() => undefined);
    if (found === undefined || found.uid !== process.getuid?.()) continue;
    const pid = Number(await fs.readFile(join(folder, 'run.pid'), 'utf8').catch(() => '0'));
    if (pid > 0 && !isAlive(pid)) await remove(folder);
  }
}

/** Takes this run's databases and roles off a server that was given to it. */
async function clearGivenServer(folder: string): Promise<void> {
  const text = await fs.readFile(join(folder, 'state.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return; // no test needed a database
  const { adminUrl, templateName, urls }: TestServer = JSON.parse(text);
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query<{ name: string }>(
      'select datname as name from pg_database where starts_with(datname, $1)',
      [templateName],
    );
    for (const { name } of found.rows) await client.query(`drop database ${name} with (force)`);
    const { owner, app, platform } = urls.roles;
    await client.query(`drop role ${owner}, ${app}, ${platform}`);
  } finally {
    await client.end();
  }
}

async function remove(folder: string): Promise<void> {
  await stopOrphan(join(folder, 'postgres', 'data'), systemClock, silentLog);
  await fs.rm(folder, { recursive: true, force: true });
}
