import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { Home } from '../home.ts';
import { findProcess, isAlive, type ProcessIdentity } from './process-identity.ts';

/** What a lock file says of the supervisor that holds the home. */
export interface LockRecord extends ProcessIdentity {
  readonly port: number;
  readonly started_at: string;
  readonly version: string;
}

/** A held lock. Release it last. */
export interface HomeLock {
  readonly record: LockRecord;
  /** True when a predecessor ended without releasing it: there may be something to clean up. */
  readonly predecessorCrashed: boolean;
  release(): Promise<void>;
}

/** The lock of a home, if a live supervisor holds it. */
export async function findHolder(home: Home): Promise<LockRecord | undefined> {
  const record = await readLock(home.lockFile);
  return record !== undefined && isAlive(record) ? record : undefined;
}

/**
 * Takes the one lock of a home. A lock whose process is gone is taken over.
 * The file appears whole, by `link`, so a reader never sees half of it and of two that start at once one fails.
 *
 * @throws Problem `conflict` when another supervisor holds it
 */
export async function acquireLock(
  home: Home,
  details: Pick<LockRecord, 'port' | 'started_at' | 'version'>,
): Promise<HomeLock> {
  const self = findProcess(process.pid);
  const record: LockRecord = { ...(self ?? { pid: process.pid, started: '' }), ...details };
  const draft = `${home.lockFile}.${process.pid}`;
  let predecessorCrashed = false;
  await writeFile(draft, JSON.stringify(record), { mode: 0o644 });
  try {
    while (!(await linkUnlessThere(draft, home.lockFile))) {
      await setAsideIfDead(home);
      predecessorCrashed = true;
    }
  } finally {
    await rm(draft, { force: true });
  }
  return {
    record,
    predecessorCrashed,
    async release() {
      const present = await readLock(home.lockFile);
      if (present?.pid === record.pid) await rm(home.lockFile, { force: true });
    },
  };
}

async function setAsideIfDead(home: Home): Promise<void> {
  const seen = await readLock(home.lockFile);
  if (seen === undefined) return;
  if (isAlive(seen)) throw heldBy(home, seen);
  const aside = `${home.lockFile}.stale.${process.pid}`;
  await rename(home.lockFile, aside).catch(ignoreAbsent);
  const moved = await readLock(aside);
  // Between look and rename another may have taken the home: then what was moved is a live lock and goes back.
  if (moved !== undefined && isAlive(moved)) {
    await linkUnlessThere(aside, home.lockFile);
    await rm(aside, { force: true });
    throw heldBy(home, moved);
  }
  await rm(aside, { force: true });
}

function heldBy(home: Home, holder: LockRecord): Problem {
  return new Problem('conflict', {
    detail:
      `Tocsin already runs on ${home.root} (process ${holder.pid}, port ${holder.port}). ` +
      'Stop it with `tocsin down`, or give another folder with --home.',
  });
}

async function linkUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function readLock(path: string): Promise<LockRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isLockRecord(value) ? value : DEAD;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (error instanceof SyntaxError) return DEAD;
    throw error;
  }
}

/** Stands for a lock file that cannot be read: nobody holds it. */
const DEAD: LockRecord = { pid: 0, started: '', port: 0, started_at: '', version: '' };

function isLockRecord(value: unknown): value is LockRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, started, port } = value as Partial<Record<keyof LockRecord, unknown>>;
  return typeof pid === 'number' && typeof started === 'string' && typeof port === 'number';
}

function ignoreAbsent(error: unknown): void {
  if (!isAbsent(error)) throw error;
}
