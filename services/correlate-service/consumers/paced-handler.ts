import type { LogHandler } from '@tocsin/bus/event-bus.ts';
import { type Clock, sleep } from '@tocsin/kernel/clock.ts';

/** Batches that are handled one right after the other before the pace holds. */
export const BATCHES_AT_ONCE = 8;

/** Time between two batches of a flood, milliseconds. */
export const BATCH_EVERY_MS = 250;

/**
 * Lets a handler take batches at a pace: what comes in between makes the next one larger. A transaction costs PostgreSQL
 * 9 ms before its first alert and 0.7 ms for each (measured), and under a flood of events every second frame of them
 * brings alerts. The wait comes after a batch, so alerts that come after a quiet time are never held back.
 */
export function paced(handler: LogHandler, clock: Clock): LogHandler {
  let batches = BATCHES_AT_ONCE;
  let since = clock.monotonic();
  return {
    ...handler,
    async handle(entries, assignment) {
      await handler.handle(entries, assignment);
      const now = clock.monotonic();
      batches = Math.min(BATCHES_AT_ONCE, batches + (now - since) / BATCH_EVERY_MS) - 1;
      since = now;
      if (batches < 0) await sleep(clock, -batches * BATCH_EVERY_MS, assignment.signal);
    },
  };
}
