import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACME, refusalOf } from '../conformance/bus-case.ts';
import { roomyDisk } from '../testing/open-test-bus.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import type { LmdbEventBus, LmdbEventBusOptions } from './lmdb-event-bus.ts';
import { openLmdbEventBus } from './open-lmdb-event-bus.ts';

const WEEK_MS = 7 * 24 * 3_600_000;
const LOG = {
  topic: 'raw.events',
  group: 'pipeline',
  rewindMs: 0,
  signal: new AbortController().signal,
} as const;
const WORK = {
  topic: 'secplat.jobs.scan',
  group: 'scan',
  itemsMax: 1,
  leaseMs: 1000,
  attemptsMax: 5,
  signal: new AbortController().signal,
} as const;

let folder: string;
let clock: ManualClock;
let fatal: Error[];
let bus: LmdbEventBus | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bus-overlap-'));
  clock = new ManualClock();
  fatal = [];
});

afterEach(async () => {
  await bus?.close();
  expect(fatal).toEqual([]);
  expect(clock.pending).toBe(0);
  await rm(folder, { recursive: true });
});

async function open(options: Partial<LmdbEventBusOptions> = {}): Promise<LmdbEventBus> {
  const world = { ...systemWorld(), clock };
  const onFatal = (error: Error) => fatal.push(error);
  bus = await openLmdbEventBus({ folder, world, onFatal, readDiskSpace: roomyDisk, ...options });
  return bus;
}

/** What was asked for has begun: the operating system is at it. */
function begun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('LmdbEventBus, closed while a call is under way', () => {
  it('refuses a frame that waits for a look at the disk', async () => {
    const looked = Promise.withResolvers<void>();
    const readDiskSpace = async () => {
      await looked.promise;
      return roomyDisk();
    };
    const opened = await open({ readDiskSpace });
    const published = refusalOf(() => opened.publish([sampleFrame(['late'])]));
    await opened.close();
    looked.resolve();
    expect(await published).toBe('unavailable');
    const again = await open();
    expect((await again.depth('raw.events', 'pipeline')).tenants).toEqual([]);
  });

  it('gives nobody the lease that another had until then', async () => {
    const opened = await open();
    await opened.openLog({ ...LOG, waitMs: 0 });
    const second = refusalOf(() => opened.openLog({ ...LOG, waitMs: 60_000 }));
    await begun();
    await opened.close();
    expect(await second).toBe('unavailable');
  });

  it('ends the wait for work', async () => {
    const opened = await open();
    await opened.registerGroup(WORK.topic, WORK.group, false);
    const leased = opened.leaseWork({ ...WORK, waitMs: 60_000 });
    await begun();
    await opened.close();
    expect(await leased).toEqual([]);
  });
});

describe('LmdbEventBus, a session that ends while its commit is on its way to the disk', () => {
  it('counts as read what the disk has as read', async () => {
    const opened = await open();
    await opened.publish([sampleFrame(['a'])]);
    const session = await opened.openLog({ ...LOG, waitMs: 0 });
    const [entry] = (await session?.next(1000, 0, LOG.signal)) ?? [];
    const committed = refusalOf(async () => session?.commit(entry ? [entry.position] : []));
    await begun();
    await session?.close();
    expect(await committed).toBe('lease_lost');
    const depth = await opened.depth('raw.events', 'pipeline');
    await opened.close();
    const again = await open();
    expect(depth).toEqual(await again.depth('raw.events', 'pipeline'));
  });
});

describe('LmdbEventBus, a group that comes into being while old frames go', () => {
  it('keeps the frames that nobody claimed before', async () => {
    const opened = await open({ generationBytesMax: 64 * 1024 });
    const change = { tenantId: ACME };
    for (const line of ['a', 'b', 'c', 'd'])
      await opened.publish([sampleFrame([line.padEnd(40_000, '.')], change)]);
    // The bus looks for old frames every minute: the next time when they are a week old.
    await clock.advance(WEEK_MS - 1);
    const files = () => readdir(join(folder, 'frames', 'raw.events'));
    const before = await files();
    const registered = opened.registerGroup('raw.events', 'late', false);
    await Promise.all([registered, clock.advance(1), opened.sweep()]);
    expect(await files()).toEqual(before);
    expect((await opened.depth('raw.events', 'late')).tenants[0]).toMatchObject({ frames: 4 });
  });
});
