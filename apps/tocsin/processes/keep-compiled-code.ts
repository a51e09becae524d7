import { flushCompileCache } from 'node:module';
import { performance } from 'node:perf_hooks';
import type { Clock } from '@tocsin/kernel/clock.ts';

const LOOK_EVERY_MS = 3_000;
/** Share of its time for which the thread worked; the first writing takes a second or two, in which it does nothing else. */
const IDLE_BELOW = 0.2;

/**
 * Writes down what Node compiled, at the first quiet moment. By itself Node does so at an orderly end only: a product
 * that is killed, or whose machine is, would compile everything again at each start.
 */
export function keepCompiledCode(clock: Clock): void {
  let before = performance.eventLoopUtilization();
  clock.after(LOOK_EVERY_MS, function look() {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization < IDLE_BELOW) flushCompileCache();
    else clock.after(LOOK_EVERY_MS, look);
  });
}
