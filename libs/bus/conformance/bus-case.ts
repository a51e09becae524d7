import type { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import type { EventBus, LogOptions } from '../event-bus.ts';
import { Collector } from '../testing/collector.ts';

/** Limits that a case may ask an adapter to be opened with. */
export interface BusTestLimits {
  readonly tenantWaitingBytesMax?: number;
  readonly homeWaitingBytesMax?: number;
}

/** A bus that a case works on. */
export interface OpenedBus {
  readonly bus: EventBus;
  readonly clock: ManualClock;
  /** Ends the bus as the end of its process would, and opens it again on the same storage. */
  reopen(): Promise<EventBus>;
  /** Removes everything. */
  dispose(): Promise<void>;
}

/** Opens an empty bus. An adapter without limits of its own returns `undefined` when it is asked for some. */
export type OpenBus = (limits: BusTestLimits) => Promise<OpenedBus | undefined>;

/** One sentence of the contract, and how it is shown. Throws when an adapter breaks it. */
export interface BusCase {
  readonly name: string;
  readonly limits?: BusTestLimits;
  /** A case of something that not every adapter promises: not run where the capability says so. */
  readonly needs?: 'replay' | 'fairWithinShard';
  run(opened: OpenedBus): Promise<void>;
}

export const ACME = parseTenantId('acme-corp');
export const GLOBEX = parseTenantId('globex');

/** Reads raw events until the condition holds, then stops. */
export async function collectUntil(
  bus: EventBus,
  condition: (collector: Collector) => boolean,
  collector = new Collector(),
  options: LogOptions = {},
): Promise<Collector> {
  const consumer = await bus.consumeLog('raw.events', 'pipeline', collector, options);
  await collector.until(() => condition(collector));
  await consumer.stop();
  return collector;
}

/** Reads raw events until that many lines came. */
export function collectLines(bus: EventBus, count: number): Promise<Collector> {
  return collectUntil(bus, (collector) => collector.lines.length >= count);
}

/**
 * Moves time in small steps until the condition holds; lets the adapter work between the steps.
 *
 * @param look brings what the condition reads up to date
 */
export async function advanceUntil(
  { clock, bus, look }: Pick<OpenedBus, 'clock' | 'bus'> & { look?: () => Promise<void> },
  condition: () => boolean,
  stepMs = 100,
): Promise<void> {
  while (!condition()) {
    // A change behind what is on its way to the disk: time that outran a slow disk would end leases and calls.
    await bus.deadLetters('raw.events', 'nobody').discard(ACME, 'nothing');
    // Round trips through the adapter, so that what the last step set off can happen.
    for (let turn = 0; turn < 3; turn += 1) await bus.depth('raw.events', 'nobody');
    await look?.();
    await clock.advance(stepMs);
  }
}

/** Asks again and again, a turn of the event loop apart, until the answer is good. */
export async function eventually<T>(
  ask: () => Promise<T>,
  good: (answer: T) => boolean,
): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (good(answer)) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Waits, without moving time, until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  await eventually(async () => condition(), Boolean);
}

/** Runs what must be refused, and returns the problem's code. */
export async function refusalOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
  return 'accepted';
}
