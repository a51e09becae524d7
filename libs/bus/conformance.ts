import { describe, expect, it } from 'vitest';
import type { BusCase, OpenBus } from './conformance/bus-case.ts';
import { DEAD_LETTER_CASES } from './conformance/dead-letter-cases.ts';
import { LIMIT_CASES } from './conformance/limit-cases.ts';
import { LOG_CASES } from './conformance/log-cases.ts';
import { WORK_CASES } from './conformance/work-cases.ts';

export type { BusCase, BusTestLimits, OpenBus, OpenedBus } from './conformance/bus-case.ts';

/** The contract of `EventBus`, sentence by sentence. Cases are data, so that a broken adapter can be shown to fail. */
export const EVENT_BUS_CASES: readonly BusCase[] = [
  ...LOG_CASES,
  ...DEAD_LETTER_CASES,
  ...LIMIT_CASES,
  ...WORK_CASES,
];

/** Longest real time of one case, in milliseconds: it ends what hangs. */
const CASE_MS_MAX = 60_000;

/** Runs one case on a fresh bus. `not run` when the adapter states that it does not promise this. */
export async function runBusCase(
  busCase: BusCase,
  open: OpenBus,
  caseMsMax = CASE_MS_MAX,
): Promise<'passed' | 'not run'> {
  const opened = await open(busCase.limits ?? {});
  if (opened === undefined) return 'not run';
  try {
    const { needs } = busCase;
    if (needs !== undefined && !opened.bus.capabilities[needs]) return 'not run';
    await inTime(busCase.run(opened), caseMsMax);
    return 'passed';
  } finally {
    await inTime(opened.dispose(), caseMsMax);
  }
}

/** The conformance suite of an adapter: each case is one test. */
export function describeEventBus({ name, open }: { name: string; open: OpenBus }): void {
  describe(`${name} keeps the contract of EventBus (B-013)`, () => {
    for (const busCase of EVENT_BUS_CASES) {
      it(busCase.name, async (test) => {
        const result = await runBusCase(busCase, open);
        if (result === 'not run') test.skip('the adapter states that it does not promise this');
        expect(result).toBe('passed');
      });
    }
  });
}

async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`nothing more happened within ${ms} ms`)), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
