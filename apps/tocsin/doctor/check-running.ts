import { access } from 'node:fs/promises';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import type { Home } from '../home.ts';
import { findHolder } from '../supervisor/lock.ts';
import { portFault } from '../supervisor/ports.ts';
import { type Finding, fine, trouble } from './finding.ts';

/** Says who holds the home. */
export async function checkLock(home: Home): Promise<Finding> {
  const holder = await findHolder(home);
  if (holder !== undefined) return fine('lock', `Tocsin runs here as process ${holder.pid}`);
  try {
    await access(home.lockFile);
  } catch (error) {
    if (isAbsent(error)) return fine('lock', 'nothing runs here');
    throw error;
  }
  const advice = 'The next `tocsin up` cleans up and recovers by itself.';
  return trouble('lock', 'warn', 'a Tocsin that ran here ended without saying so', advice);
}

/** Checks that the port is free, or is ours. */
export async function checkPort(home: Home, port: number, host: string): Promise<Finding> {
  const holder = await findHolder(home);
  if (holder !== undefined) return fine('port', `${holder.port} is used by this Tocsin`);
  const fault = await portFault(port, host);
  if (fault === undefined) return fine('port', `${port} of ${host} is free`);
  const advice = 'Give another port with --port or TOCSIN_PORT, or stop what uses it.';
  return trouble('port', 'fail', `${port} of ${host} cannot be used (${fault})`, advice);
}
