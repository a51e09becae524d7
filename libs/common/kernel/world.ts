import { writeSync } from 'node:fs';
import { type Clock, systemClock } from './clock.ts';
import { type Disk, systemDisk } from './disk.ts';
import { type Failpoint, type FailpointHook, noFailpoints, parseFailpoints } from './failpoint.ts';
import { type Random, systemRandom } from './random.ts';

/**
 * All that is not determined by input: time, chance, the disk, and planned crashes.
 * Every part of the product gets it from its caller, so that a simulation can drive it (design 11).
 */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly failpoint: FailpointHook;
}

/** The world of a real process. `TOCSIN_FAILPOINTS` plans crashes, for crash tests only. */
export function systemWorld(failpoints = ''): World {
  // Written at once, past every buffer: a test must see which of its crashes took place.
  const kill = (label: Failpoint): void => {
    writeSync(2, `planned crash at ${label}\n`);
    process.kill(process.pid, 'SIGKILL');
  };
  const failpoint = failpoints === '' ? noFailpoints : parseFailpoints(failpoints, kill);
  return { clock: systemClock, random: systemRandom, disk: systemDisk, failpoint };
}
