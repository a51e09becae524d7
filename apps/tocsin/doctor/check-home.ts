import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertReachable, postgresAccount } from '@tocsin/database/server/run-as.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { bytesInWords } from '../cli/in-words.ts';
import { type Home, SOCKET_PATH_BYTES_MAX, socketsFit } from '../home.ts';
import { type Finding, fine, trouble } from './finding.ts';

/** Below this part of free disk new events are refused (design 4.1). */
export const DISK_FREE_FLOOR = 0.1;
/** Less free disk than this is soon too little. */
const DISK_FREE_BYTES_WARN = 5 * 1024 ** 3;
/** An fsync slower than this makes every acknowledgement slow. */
const FSYNC_MS_WARN = 20;
const FSYNC_MS_FAIL = 500;
const FSYNC_ROUNDS = 30;
/** `statfs` type of a file system in memory (Linux `include/uapi/linux/magic.h`). */
const TMPFS_MAGIC = 0x01021994;
const RAMFS_MAGIC = 0x858458f6;

/** Checks that the home can be written, is not open to others, and has short enough socket names. */
export async function checkHome(home: Home): Promise<Finding> {
  if (!socketsFit(home)) {
    return trouble(
      'home',
      'fail',
      `${home.root} is too long: socket names may have ${SOCKET_PATH_BYTES_MAX} bytes`,
      'Give a shorter folder with --home.',
    );
  }
  const { path, isThere } = await nearestFolder(home.root);
  try {
    await fs.access(path, fs.constants.W_OK | fs.constants.X_OK);
  } catch {
    const advice = 'Give a folder you may write with --home, or change its owner.';
    return trouble('home', 'fail', `${path} cannot be written by this user`, advice);
  }
  const mode = (await fs.stat(path)).mode & 0o777;
  if (isThere && (mode & 0o022) !== 0) {
    const shown = mode.toString(8);
    return trouble(
      'home',
      'fail',
      `${home.root} can be written by others (mode ${shown})`,
      `chmod go-w ${home.root}`,
    );
  }
  return fine('home', isThere ? home.root : `${home.root} (will be made at the first start)`);
}

/** Checks, as root, that the user PostgreSQL runs under can reach the home. */
export async function checkReachable(home: Home): Promise<Finding> {
  const account = await postgresAccount();
  if (account === undefined) return fine('postgres user', 'not needed: this user is not root');
  const { path } = await nearestFolder(home.root);
  try {
    await assertReachable(path, account);
    return fine('postgres user', `user id ${account.uid} reaches ${path}`);
  } catch (error) {
    if (!isProblem(error)) throw error;
    const advice = 'Use a home outside /root, such as /var/lib/tocsin.';
    return trouble('postgres user', 'fail', error.detail ?? error.message, advice);
  }
}

/** Checks free disk against the floor below which events are refused. */
export async function checkDisk(home: Home): Promise<Finding> {
  const { path } = await nearestFolder(home.root);
  const { bavail, blocks, bsize, type } = await fs.statfs(path);
  const free = bavail * bsize;
  const part = bavail / Math.max(1, blocks);
  const found = `${bytesInWords(free)} free (${Math.round(part * 100)} %)`;
  if (part < DISK_FREE_FLOOR) {
    const floor = `${DISK_FREE_FLOOR * 100} %`;
    return trouble('disk', 'fail', found, `Below ${floor} events are refused: free some space.`);
  }
  if (type === TMPFS_MAGIC || type === RAMFS_MAGIC) {
    return trouble('disk', 'warn', `${found}, in memory`, 'A reboot loses everything: use a disk.');
  }
  if (free < DISK_FREE_BYTES_WARN) {
    return trouble('disk', 'warn', found, 'A busy day of events needs several GB.');
  }
  return fine('disk', found);
}

/** Measures how long the disk takes to make 4 KB durable: every acknowledgement waits for it. */
export async function checkFsync(home: Home, clock: Clock): Promise<Finding> {
  const { path } = await nearestFolder(home.root);
  const file = join(path, `.tocsin-fsync-${process.pid}`);
  const times: number[] = [];
  const handle = await fs.open(file, 'wx', 0o600);
  try {
    for (let round = 0; round < FSYNC_ROUNDS; round += 1) {
      await handle.write(Buffer.alloc(4096, round), 0, 4096, round * 4096);
      const begin = clock.monotonic();
      await handle.datasync();
      times.push(clock.monotonic() - begin);
    }
  } finally {
    await handle.close();
    await fs.rm(file, { force: true });
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  const worst = times.at(-1) ?? 0;
  const found = `fsync of 4 KB takes ${median.toFixed(2)} ms, at worst ${worst.toFixed(2)} ms`;
  if (median > FSYNC_MS_FAIL) return trouble('fsync', 'fail', found, 'Use a faster disk.');
  if (median > FSYNC_MS_WARN) {
    return trouble('fsync', 'warn', found, 'Each acknowledgement waits for it: use a local SSD.');
  }
  return fine('fsync', found);
}

/** The folder itself, or the nearest one above it that exists. */
async function nearestFolder(wanted: string): Promise<{ path: string; isThere: boolean }> {
  for (let path = wanted; ; path = dirname(path)) {
    try {
      await fs.access(path);
      return { path, isThere: path === wanted };
    } catch (error) {
      if (!isAbsent(error) || path === dirname(path)) throw error;
    }
  }
}
