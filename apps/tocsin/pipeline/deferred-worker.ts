import { parentPort } from 'node:worker_threads';
import type { Frame } from '@tocsin/bus/frame.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { DeferredRule } from './deferred-protocol.ts';
import { DeferredTrial } from './deferred-trial.ts';
import { PortCalls } from './port-calls.ts';

/**
 * The thread in which rules are tried that cost too much for the pipeline, or break. It keeps no state: what it finds
 * goes back to the pipeline's thread, which counts and alerts.
 */
function main(): void {
  const port = parentPort;
  assert(port !== null, 'deferred rules run in a worker thread');
  const lane = new DeferredTrial();
  const calls: PortCalls = new PortCalls(port, {
    async setRules(rules: readonly DeferredRule[]) {
      lane.setRules(rules);
    },
    take: async (frame: Frame, only: number | undefined) => lane.take(frame, only),
  });
  assert(calls !== undefined, 'the port is served');
}

main();
