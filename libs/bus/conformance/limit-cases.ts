import { isProblem } from '@tocsin/kernel/problem.ts';
import { expect } from 'vitest';
import type { EventBus } from '../event-bus.ts';
import { Collector } from '../testing/collector.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import { type BusCase, GLOBEX, refusalOf } from './bus-case.ts';

/** A group that has not read anything: all that is published waits for it. */
async function addIdleGroup(bus: EventBus): Promise<void> {
  const consumer = await bus.consumeLog('raw.events', 'pipeline', new Collector());
  await consumer.stop();
}

/** What waits is bounded. */
export const LIMIT_CASES: readonly BusCase[] = [
  {
    name: 'refuses a tenant past its limit of waiting bytes, and takes more when some are done',
    limits: { tenantWaitingBytesMax: 1000 },
    async run({ bus }) {
      await addIdleGroup(bus);
      const publish = (bytes: number, change = {}): Promise<void> =>
        bus.publish([sampleFrame(['x'], { body: Buffer.alloc(bytes, 120), ...change })]);
      await publish(600);
      await publish(400);
      const refused: unknown = await publish(1).catch((error: unknown) => error);
      expect(isProblem(refused, 'too_many_requests')).toBe(true);
      expect(isProblem(refused) && refused.retryAfterSeconds).toBeGreaterThan(0);
      await publish(1000, { tenantId: GLOBEX });
      const collector = new Collector();
      const consumer = await bus.consumeLog('raw.events', 'pipeline', collector);
      await collector.until(() => collector.entries.length === 3);
      await consumer.stop();
      await publish(1000);
      expect(await refusalOf(() => publish(1))).toBe('too_many_requests');
    },
  },
  {
    name: 'counts what waits anew after it was opened again',
    limits: { tenantWaitingBytesMax: 1000 },
    async run({ bus, reopen }) {
      await addIdleGroup(bus);
      await bus.publish([sampleFrame(['x'], { body: Buffer.alloc(1000, 120) })]);
      const again = await reopen();
      expect(await refusalOf(() => again.publish([sampleFrame()]))).toBe('too_many_requests');
    },
  },
  {
    name: 'refuses everybody past the limit of the home',
    limits: { homeWaitingBytesMax: 1000 },
    async run({ bus }) {
      await addIdleGroup(bus);
      await bus.publish([sampleFrame(['x'], { body: Buffer.alloc(1000, 120) })]);
      const other = sampleFrame(['y'], { tenantId: GLOBEX });
      expect(await refusalOf(() => bus.publish([other]))).toBe('unavailable');
    },
  },
];
