import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, sleep } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { DatabaseLog } from '../log.ts';
import { findPostmasterFile, isAlive, isPostgresOf } from './postmaster-file.ts';

const STEP_MS = 20;

/** How long a fast shutdown may take before the server is stopped without one. */
const FAST_STOP_MS_MAX = 30_000;
const IMMEDIATE_STOP_MS_MAX = 10_000;

/**
 * Stops a server: fast shutdown (SIGINT: sessions are ended, everything is written), and when that takes more than
 * 30 s immediate shutdown (SIGQUIT: nothing is lost, the next start recovers from the log).
 */
export async function stopPostmaster(pid: number, clock: Clock, log: DatabaseLog): Promise<void> {
  signal(pid, 'SIGINT');
  if (await ended(pid, clock, FAST_STOP_MS_MAX)) return;
  log.warn({ pid }, 'PostgreSQL did not stop in 30 s and is stopped at once');
  signal(pid, 'SIGQUIT');
  if (await ended(pid, clock, IMMEDIATE_STOP_MS_MAX)) return;
  signal(pid, 'SIGKILL');
  await ended(pid, clock, IMMEDIATE_STOP_MS_MAX);
}

/**
 * Makes a data folder free for a new server. A server that outlived its supervisor is stopped cleanly, so that the
 * new one is our child, with our settings and our log. A `postmaster.pid` whose pid is not that server is removed:
 * PostgreSQL itself would refuse to start when the pid belongs to any living process.
 */
export async function stopOrphan(
  dataFolder: string,
  clock: Clock,
  log: DatabaseLog,
): Promise<'none' | 'stopped' | 'stale'> {
  const file = await findPostmasterFile(dataFolder);
  if (file === undefined) return 'none';
  if (await isPostgresOf(file.pid, dataFolder)) {
    log.warn({ pid: file.pid }, 'a PostgreSQL left over from an earlier run is stopped first');
    await stopPostmaster(file.pid, clock, log);
    if (await isPostgresOf(file.pid, dataFolder)) {
      throw new Problem('unavailable', {
        detail: `PostgreSQL (pid ${file.pid}) still runs on ${dataFolder} and cannot be stopped: stop it by hand`,
      });
    }
    return 'stopped';
  }
  await fs.rm(join(dataFolder, 'postmaster.pid'), { force: true });
  return 'stale';
}

function signal(pid: number, name: NodeJS.Signals): void {
  if (isAlive(pid)) process.kill(pid, name);
}

async function ended(pid: number, clock: Clock, withinMs: number): Promise<boolean> {
  const deadline = clock.monotonic() + withinMs;
  const hold = setInterval(() => undefined, 1_000); // the clock's timers do not keep a process alive
  try {
    while (isAlive(pid)) {
      if (clock.monotonic() > deadline) return false;
      await sleep(clock, STEP_MS);
    }
    return true;
  } finally {
    clearInterval(hold);
  }
}
