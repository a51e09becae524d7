import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';

/** The account a child process runs under. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/**
 * Checks that the machine knows our user by name, which PostgreSQL needs to make a database.
 *
 * @throws Problem `unavailable` in a container that was given a number for a user
 */
export function assertNamedUser(): void {
  try {
    userInfo();
  } catch (cause) {
    throw new Problem('unavailable', {
      detail: `the user id ${process.getuid?.()} has no name on this machine (no line in /etc/passwd), and PostgreSQL needs one: run as a user that has a name, or set TOCSIN_DATABASE_URL to an existing server`,
      cause,
    });
  }
}

const run = promisify(execFile);

/**
 * The account PostgreSQL is to run under: `undefined` for our own. PostgreSQL refuses root, so as root it is
 * the user `tocsin` where the machine has one, else `nobody`.
 */
export async function postgresAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['tocsin', 'nobody']) {
    const account = await findAccount(name);
    if (account !== undefined && account.uid !== 0) return account;
  }
  return { uid: 65_534, gid: 65_534, name: 'nobody' };
}

async function findAccount(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout), name };
  } catch {
    return undefined; // `id` fails for a user that the machine does not have
  }
}

/**
 * Checks that the account can enter every folder down to `path`.
 *
 * @throws Problem `unavailable` that names the first folder it cannot enter and what to do
 */
export async function assertReachable(path: string, account: Account): Promise<void> {
  for (const folder of ancestors(path)) {
    const { mode, uid, gid } = await fs.stat(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      throw new Problem('unavailable', {
        detail: `PostgreSQL must not run as root, so it runs as ${account.name} (uid ${account.uid}), and that user cannot enter ${folder}: choose a home elsewhere, for example --home /var/lib/tocsin, or run chmod o+x ${folder}`,
      });
    }
  }
}

/** `/a/b/c` as `/`, `/a`, `/a/b`, `/a/b/c`. */
function ancestors(path: string): string[] {
  const above = dirname(path);
  return above === path ? [path] : [...ancestors(above), path];
}

/**
 * Makes the data folder belong to who runs the server, after a restore or a change of user: PostgreSQL refuses
 * anything else. Only root can; another user is told.
 *
 * @throws Problem `unavailable` when it belongs to somebody else and we are not root
 */
export async function claimData(path: string, account: Account | undefined): Promise<void> {
  const owner = await fs.stat(path).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  const uid = account?.uid ?? process.getuid?.();
  if (owner === undefined || uid === undefined || owner.uid === uid) return;
  if (account === undefined) {
    throw new Problem('unavailable', {
      detail: `the database in ${path} belongs to another user (uid ${owner.uid}), perhaps because Tocsin ran as root before: run it as root again, or give the folder to uid ${uid}`,
    });
  }
  for (const name of await fs.readdir(path, { recursive: true })) {
    await fs.lchown(join(path, name), account.uid, account.gid);
  }
  await fs.chown(path, account.uid, account.gid);
}
