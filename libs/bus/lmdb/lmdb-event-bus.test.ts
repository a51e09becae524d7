import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Collector } from '../testing/collector.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import { type LmdbEventBus, type LmdbEventBusOptions, openLmdbEventBus } from './lmdb-event-bus.ts';

let folder: string;
let clock: ManualClock;
let world: World;
let opened: LmdbEventBus[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bus-'));
  clock = new ManualClock();
  world = { ...systemWorld(), clock };
  opened = [];
});

afterEach(async () => {
  for (const bus of opened) await bus.close();
  await rm(folder, { recursive: true });
});

async function open(options: Partial<LmdbEventBusOptions> = {}): Promise<LmdbEventBus> {
  const onFatal = (error: Error): void => {
    throw error;
  };
  const bus = await openLmdbEventBus({ folder, world, onFatal, ...options });
  opened.push(bus);
  return bus;
}

async function readAll(bus: LmdbEventBus, count: number): Promise<string[]> {
  const collector = new Collector();
  const consumer = await bus.consumeLog('raw.events', 'pipeline', collector);
  await collector.until(() => collector.lines.length >= count);
  await consumer.stop();
  return collector.lines;
}

describe('LmdbEventBus', () => {
  it('gives published frames to a consumer, in order', async () => {
    const bus = await open();
    await bus.publish([sampleFrame(['a', 'b']), sampleFrame(['c'])]);
    await bus.publish([sampleFrame(['d'])]);
    expect(await readAll(bus, 4)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('goes on numbering and reading after it was closed and opened', async () => {
    const first = await open();
    await first.publish([sampleFrame(['a']), sampleFrame(['b'])]);
    await first.close();
    const second = await open();
    await second.publish([sampleFrame(['c'])]);
    expect(await readAll(second, 3)).toEqual(['a', 'b', 'c']);
    expect((await second.depth('raw.events', 'pipeline')).tenants[0]).toMatchObject({ frames: 0 });
  });

  it('wakes a waiting consumer at once', async () => {
    const bus = await open();
    const collector = new Collector();
    await bus.consumeLog('raw.events', 'pipeline', collector);
    for (const line of ['a', 'b', 'c']) {
      await bus.publish([sampleFrame([line])]);
      await collector.until(() => collector.lines.includes(line));
    }
    expect(collector.entries.map(({ position }) => position.offset)).toEqual([1, 2, 3]);
  });
});
