import { type Clock, sleep } from '@tocsin/kernel/clock.ts';
import type { ApiClient } from '../cli/api-client.ts';
import type { ExpectedDemo } from '../demo/demo-events.ts';
import { type DemoOutcome, judgeDemo } from './judge-demo.ts';

/** Alerts are at most a second behind the events they count; correlation follows. */
const SETTLED_MS_MAX = 30_000;
const LOOK_EVERY_MS = 250;
const ITEMS_MAX = 1_000;

/** Looks until what came of the sample is as expected, or until it is clear that it will not be. */
export async function awaitOutcome(
  api: ApiClient,
  clock: Clock,
  expected: ExpectedDemo,
  events: DemoOutcome['events'],
  signal: AbortSignal,
): Promise<DemoOutcome> {
  const until = clock.monotonic() + SETTLED_MS_MAX;
  for (;;) {
    const outcome: DemoOutcome = {
      events,
      alerts: await api.all('/v1/alerts', {}, ITEMS_MAX),
      incidents: await api.all('/v1/incidents', {}, ITEMS_MAX),
      cases: await api.all('/v1/cases', {}, ITEMS_MAX),
    };
    const settled = judgeDemo(expected, outcome).length === 0;
    if (settled || signal.aborted || clock.monotonic() > until) return outcome;
    await sleep(clock, LOOK_EVERY_MS, signal);
  }
}
