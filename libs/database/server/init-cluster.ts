import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent, replaceFile } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { PostgresEngine } from './engine.ts';
import { type Account, assertNamedUser } from './run-as.ts';
import { spawned } from './server-process.ts';

/** The superuser of a bundled server. Only {@link prepareDatabase} and backups use it. */
export const SUPERUSER = 'postgres';

/** The folders of one bundled server below `folder`. */
export interface ClusterFolders {
  readonly root: string;
  readonly data: string;
  readonly socket: string;
  readonly passwordFile: string;
  readonly portFile: string;
}

/** Names the folders of a server. */
export function clusterFolders(root: string): ClusterFolders {
  return {
    root,
    data: join(root, 'data'),
    socket: join(root, 'socket'),
    passwordFile: join(root, 'password'),
    portFile: join(root, 'port'),
  };
}

/**
 * Makes the folders and, at first start, the data folder and the superuser's password (0600, ours alone).
 * `initdb` works in a folder beside it that is renamed when done, so a crash in the middle leaves nothing half made.
 * The locale is PostgreSQL's own C.UTF-8: `--locale=C` would give SQL_ASCII, in which jsonb with `\u00e9` fails.
 */
export async function initCluster(
  engine: PostgresEngine,
  folders: ClusterFolders,
  account: Account | undefined,
  world: World,
  fsync: boolean,
): Promise<string> {
  const password = await readOrMakePassword(folders, world);
  if (await isPresent(join(folders.data, 'PG_VERSION'))) return password;
  if (account === undefined) assertNamedUser();
  const part = join(folders.root, 'data.part');
  const passwordCopy = join(folders.root, 'password.part');
  await fs.rm(part, { recursive: true, force: true });
  await fs.rm(passwordCopy, { force: true });
  await fs.mkdir(part, { mode: 0o700 });
  await fs.writeFile(passwordCopy, password, { mode: 0o600, flag: 'wx' });
  if (account !== undefined) {
    await fs.chown(part, account.uid, account.gid);
    await fs.chown(passwordCopy, account.uid, account.gid);
  }
  try {
    await runInitdb(engine, part, passwordCopy, account, fsync);
  } finally {
    await fs.rm(passwordCopy, { force: true });
  }
  await world.disk.rename(part, folders.data);
  return password;
}

async function readOrMakePassword(folders: ClusterFolders, world: World): Promise<string> {
  try {
    return (await world.disk.read(folders.passwordFile)).toString('utf8');
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  if (await isPresent(join(folders.data, 'PG_VERSION'))) {
    throw new Problem('unavailable', {
      detail: `the database in ${folders.data} exists but its password file ${folders.passwordFile} is gone: bring it back from a backup of the home`,
    });
  }
  const password = Buffer.from(world.random.bytes(24)).toString('base64url');
  await replaceFile(world.disk, folders.passwordFile, Buffer.from(password));
  return password;
}

async function runInitdb(
  engine: PostgresEngine,
  dataFolder: string,
  passwordFile: string,
  account: Account | undefined,
  fsync: boolean,
): Promise<void> {
  const words = ['-D', dataFolder, '-U', SUPERUSER, `--pwfile=${passwordFile}`];
  words.push('-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  words.push('--auth=scram-sha-256', '--no-instructions', fsync ? '--sync-method=fsync' : '-N');
  const child = spawn(engine.initdb, words, {
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000);
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await spawned(child, engine.initdb);
  const code = await ended;
  if (code !== 0) {
    throw new Problem('unavailable', {
      detail: `initdb could not make a database in ${dataFolder} (exit ${code}): ${said.trim()}`,
    });
  }
}

async function isPresent(path: string): Promise<boolean> {
  try {
    await fs.access(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
