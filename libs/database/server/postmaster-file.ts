import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isAbsent } from '@tocsin/kernel/disk.ts';

/** What a running server says of itself in `postmaster.pid` (PostgreSQL `src/include/utils/pidfile.h`). */
export interface PostmasterFile {
  readonly pid: number;
  readonly dataFolder: string;
  readonly port: number;
  /** `starting`, `ready`, `stopping` or `standby`; `''` before the server wrote the line. */
  readonly status: string;
}

const run = promisify(execFile);

/** Reads `postmaster.pid`; `undefined` when there is none or it is not complete yet. */
export async function findPostmasterFile(dataFolder: string): Promise<PostmasterFile | undefined> {
  let text: string;
  try {
    text = await fs.readFile(join(dataFolder, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  return parsePostmasterFile(text);
}

/** Lines: pid, data folder, start time, port, socket folder, address, shared memory, status. */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return {
    pid,
    dataFolder: lines[1] ?? '',
    port: Number(lines[3] ?? 0),
    status: (lines[7] ?? '').trim(),
  };
}

/** Says whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Says whether the process is a PostgreSQL server on that data folder. A pid alone proves nothing:
 * after a reboot, or in a container, it may be anyone's.
 */
export async function isPostgresOf(pid: number, dataFolder: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const words = await commandLine(pid);
  const folder = words.indexOf('-D');
  return (words[0] ?? '').endsWith('postgres') && words[folder + 1] === dataFolder;
}

async function commandLine(pid: number): Promise<string[]> {
  try {
    if (process.platform === 'linux') {
      return (await fs.readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    }
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout.trim().split(' ');
  } catch {
    return []; // the process ended meanwhile
  }
}
