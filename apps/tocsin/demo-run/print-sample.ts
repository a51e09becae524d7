import { systemClock } from '@tocsin/kernel/clock.ts';
import { demoEvents } from '../demo/demo-events.ts';

/** Prints the sample of a day that ends now, as wrapped lines for `tocsin ingest - --wrapped`. */
export function printSample(): void {
  for (const line of demoEvents({ now: systemClock.now() })) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}
