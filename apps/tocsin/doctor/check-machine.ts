import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { bytesInWords } from '../cli/in-words.ts';
import { type Finding, fine, trouble } from './finding.ts';

/** Oldest Node that runs TypeScript as this code needs it. */
export const NODE_MAJOR_MIN = 24;
/** Less memory than this and the parts starve each other. */
export const MEMORY_BYTES_MIN = 2 * 1024 ** 3;
/** When this check was written: an earlier clock is wrong. */
const NOT_BEFORE = Date.UTC(2026, 10, 1);
/** A clock further ahead than this is wrong too. */
const NOT_AFTER = Date.UTC(2046, 0, 1);

/** Checks the version of Node. */
export function checkNode(version: string): Finding {
  const major = Number(version.split('.')[0]);
  return major >= NODE_MAJOR_MIN
    ? fine('node', `Node ${version}`)
    : trouble(
        'node',
        'fail',
        `Node ${version} is too old`,
        'Use ./tocsin, which installs Node 24.',
      );
}

/** Checks that there is memory enough. */
export function checkMemory(bytes = totalmem()): Finding {
  return bytes >= MEMORY_BYTES_MIN
    ? fine('memory', `${bytesInWords(bytes)} in all`)
    : trouble(
        'memory',
        'warn',
        `${bytesInWords(bytes)} in all`,
        `Give the machine ${bytesInWords(MEMORY_BYTES_MIN)} or more.`,
      );
}

/** Checks that the clock is not plainly wrong: rules look at event time, tokens at the time of day. */
export function checkClock(clock: Clock): Finding {
  const now = clock.now();
  const shown = new Date(now).toISOString();
  return now >= NOT_BEFORE && now <= NOT_AFTER
    ? fine('clock', shown)
    : trouble('clock', 'fail', `the clock says ${shown}`, 'Set the clock, best by NTP.');
}

/** Checks that a native package is installed for this platform and loads. */
export function checkNative(check: string, owner: string, name: string): Finding {
  try {
    const require = createRequire(fileURLToPath(import.meta.resolve(`${owner}/package.json`)));
    require(name);
    return fine(check, `${name} ${versionOf(require.resolve(name))} loads`);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return trouble(check, 'fail', `${name} does not load: ${why}`, 'Run `npm ci` again.');
  }
}

/** The version in the package.json nearest above a file; not every package lets it be imported. */
function versionOf(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (!existsSync(path)) continue;
    const { version }: { version?: string } = JSON.parse(readFileSync(path, 'utf8'));
    if (version !== undefined) return version;
  }
  return '';
}
