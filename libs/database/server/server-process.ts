import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { messageOf } from '@tocsin/kernel/message-of.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { DatabaseLog } from '../log.ts';
import type { PostgresEngine } from './engine.ts';
import type { ClusterFolders } from './init-cluster.ts';
import type { Account } from './run-as.ts';

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** The server as a child of ours. */
export interface ServerProcess {
  readonly pid: number;
  readonly exited: Promise<ProcessEnd>;
  hasEnded(): boolean;
  /** The newest complaint it printed, for a sentence about why it did not start. */
  lastWords(): string;
}

export interface SpawnServerOptions {
  readonly log: DatabaseLog;
  /** Write its lines to this file instead of the log; then the server may outlive this process. */
  readonly outputFile?: string;
}

/**
 * Starts the program in a process group of its own. Its lines go to the log as they come: they may quote values
 * that clients sent, never passwords.
 */
export async function spawnServer(
  engine: PostgresEngine,
  folders: ClusterFolders,
  account: Account | undefined,
  options: SpawnServerOptions,
  settings: readonly string[],
): Promise<ServerProcess> {
  const file =
    options.outputFile === undefined ? undefined : await fs.open(options.outputFile, 'a', 0o600);
  try {
    const child = spawn(engine.postgres, ['-D', folders.data, ...settings], {
      ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
      cwd: '/',
      detached: true,
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC', ...preloaded() },
      stdio: ['ignore', 'ignore', file === undefined ? 'pipe' : file.fd],
    });
    const pid = await spawned(child, engine.postgres);
    if (file !== undefined) child.unref();
    return watch(child, pid, options.log, options.outputFile);
  } finally {
    await file?.close();
  }
}

/** The clock of the server is that of the processes that ask it, also where a test moves it (libfaketime). */
function preloaded(): Record<string, string | undefined> {
  const isOfIt = (name: string): boolean => name === 'LD_PRELOAD' || name.startsWith('FAKETIME');
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isOfIt(name)));
}

/**
 * Resolves with the pid once the program runs.
 *
 * @throws Problem `unavailable` when the system cannot run it
 */
export async function spawned(child: ChildProcess, program: string): Promise<number> {
  try {
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Problem('unavailable', {
      detail: `${program} cannot be run (${reason}): the bundled PostgreSQL needs glibc and a home on a disk that is not mounted noexec; or set TOCSIN_DATABASE_URL to an existing server`,
      cause,
    });
  }
  return child.pid ?? 0;
}

function watch(
  child: ChildProcess,
  pid: number,
  log: DatabaseLog,
  outputFile: string | undefined,
): ServerProcess {
  let end: ProcessEnd | undefined;
  let words =
    outputFile === undefined ? 'it gave no reason' : `the last lines of ${outputFile} say why`;
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('close', (code, signal) => {
      end = { code, signal };
      resolve(end);
    });
  });
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const isComplaint = /^(FATAL|PANIC|ERROR):/.test(line);
      if (isComplaint) words = line;
      log[isComplaint ? 'warn' : 'info']({ engine: 'postgres' }, line);
    });
  }
  return { pid, exited, hasEnded: () => end !== undefined, lastWords: () => words };
}
