import type { Clock } from '@tocsin/kernel/clock.ts';
import type { Pause } from '@tocsin/sigma/index/work.ts';

/** Work on the thread that matches events lets others go on after this long. */
const TURN_MS = 1;

/** Pauses for long work: every {@link TURN_MS} what waits on this thread goes on first. */
export function inTurns(clock: Clock): Pause {
  let since = clock.monotonic();
  return () => {
    if (clock.monotonic() - since < TURN_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        since = clock.monotonic();
        resolve();
      });
    });
  };
}
