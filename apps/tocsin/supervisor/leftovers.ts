import { writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { type Clock, sleep } from '@tocsin/kernel/clock.ts';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import type { Home } from '../home.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** How long children of a crashed supervisor may take to notice that their channel closed. */
const NOTICE_MS = 5_000;
const LOOK_EVERY_MS = 50;

/**
 * Writes down which children run, so that the next supervisor finds them if this one is killed.
 * Synchronous, so that two changes in a row cannot be written in the wrong order.
 */
export function recordChildren(home: Home, children: readonly ProcessIdentity[]): void {
  writeFileSync(home.processesFile, JSON.stringify(children), { mode: 0o600 });
}

/**
 * Waits until the children of a crashed predecessor are gone and kills those that stay:
 * two writers on one store would be a loss.
 */
export async function clearLeftovers(home: Home, clock: Clock): Promise<readonly number[]> {
  const left = (await readChildren(home)).filter(isAlive);
  const until = clock.monotonic() + NOTICE_MS;
  while (left.some(isAlive) && clock.monotonic() < until) await sleep(clock, LOOK_EVERY_MS);
  for (const child of left.filter(isAlive)) process.kill(child.pid, 'SIGKILL');
  while (left.some(isAlive)) await sleep(clock, LOOK_EVERY_MS);
  for (const stale of [
    home.processesFile,
    home.adminSocket,
    home.dataSocket,
    home.internalSocket,
  ]) {
    await rm(stale, { force: true });
  }
  return left.map((child) => child.pid);
}

async function readChildren(home: Home): Promise<ProcessIdentity[]> {
  try {
    const value: unknown = JSON.parse(await readFile(home.processesFile, 'utf8'));
    return Array.isArray(value) ? value.filter(isIdentity) : [];
  } catch (error) {
    if (isAbsent(error) || error instanceof SyntaxError) return [];
    throw error;
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, started } = value as Partial<Record<keyof ProcessIdentity, unknown>>;
  return typeof pid === 'number' && typeof started === 'string';
}
