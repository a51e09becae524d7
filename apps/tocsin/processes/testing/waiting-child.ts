import { systemClock } from '@tocsin/kernel/clock.ts';
import { stayAlive } from '../stay-alive.ts';

/** Waits as a process does whose neighbour is not there yet; ends well when the wait was not cut short. */
if (process.argv[2] === 'stay') stayAlive();
await new Promise<void>((resolve) => systemClock.after(200, resolve));
process.exit(0);
