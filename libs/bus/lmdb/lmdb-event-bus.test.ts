import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACME, collectLines, collectUntil, GLOBEX, refusalOf } from '../conformance/bus-case.ts';
import { Collector } from '../testing/collector.ts';
import { roomyDisk } from '../testing/open-test-bus.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import type { LmdbEventBus, LmdbEventBusOptions } from './lmdb-event-bus.ts';
import { openLmdbEventBus } from './open-lmdb-event-bus.ts';

const HOUR_MS = 3_600_000;

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
  expect(clock.pending).toBe(0);
  await rm(folder, { recursive: true });
});

async function open(options: Partial<LmdbEventBusOptions> = {}): Promise<LmdbEventBus> {
  const onFatal = (error: Error): void => {
    throw error;
  };
  const bus = await openLmdbEventBus({
    folder,
    world,
    onFatal,
    readDiskSpace: roomyDisk,
    ...options,
  });
  opened.push(bus);
  return bus;
}

async function generationFiles(): Promise<string[]> {
  const names = await readdir(join(folder, 'frames', 'raw.events'));
  return names.filter((name) => name.endsWith('.lmdb')).toSorted();
}

function large(line: string, change = {}) {
  return sampleFrame([line.padEnd(40_000, '.')], change);
}

/** Lets 64 KiB generations begin: each large frame but the first two of a file begins one. */
const SMALL = { generationBytesMax: 64 * 1024 };

describe('LmdbEventBus generations', () => {
  it('begins one when the present one has its size, and reads on across them', async () => {
    const bus = await open(SMALL);
    const lines = ['a', 'b', 'c', 'd', 'e'];
    for (const line of lines) await bus.publish([large(line)]);
    expect((await generationFiles()).length).toBeGreaterThanOrEqual(3);
    await bus.close();
    const again = await open(SMALL);
    const got = (await collectLines(again, 5)).lines.map((line) => line.replaceAll('.', ''));
    expect(got).toEqual(lines);
  });

  it('begins one when the present one has its age, also after a restart', async () => {
    const bus = await open();
    await bus.publish([sampleFrame()]);
    await clock.advance(HOUR_MS - 1);
    await bus.publish([sampleFrame()]);
    expect(await generationFiles()).toHaveLength(1);
    await bus.close();
    const again = await open();
    await clock.advance(1);
    await again.publish([sampleFrame()]);
    expect(await generationFiles()).toHaveLength(2);
  });

  it('unlinks one when every group has read it and it has been kept long enough', async () => {
    const bus = await open(SMALL);
    for (const line of ['a', 'b', 'c', 'd']) await bus.publish([large(line)]);
    const before = await generationFiles();
    const slow = new Collector({ commits: false });
    const slowConsumer = await bus.consumeLog('raw.events', 'slow', slow);
    await collectLines(bus, 4);
    await clock.advance(3 * HOUR_MS);
    expect(await generationFiles()).toEqual(before);
    await slow.until(() => slow.entries.length === 4);
    const last = slow.entries.at(-1)?.position;
    await slow.assignment?.commit(last ? [last] : []);
    await slowConsumer.stop();
    await bus.sweep();
    expect(await generationFiles()).toEqual(before.slice(-1));
    expect(bus.counters.generationsUnlinked).toBe(before.length - 1);
  });

  it('keeps one that was read for 2 hours, so that lost state can be rebuilt', async () => {
    const bus = await open(SMALL);
    for (const line of ['a', 'b', 'c', 'd']) await bus.publish([large(line)]);
    await collectLines(bus, 4);
    const before = await generationFiles();
    await clock.advance(2 * HOUR_MS - 1);
    await bus.sweep();
    expect(await generationFiles()).toEqual(before);
    await clock.advance(1);
    await bus.sweep();
    expect(await generationFiles()).toEqual(before.slice(-1));
  });

  it('unlinks read ones at once when the disk is nearly full, unread ones never', async () => {
    let freeBytes = 50;
    const readDiskSpace = async () => ({ freeBytes, totalBytes: 100 });
    const bus = await open({ ...SMALL, readDiskSpace });
    for (const line of ['a', 'b', 'c', 'd']) await bus.publish([large(line)]);
    await collectLines(bus, 4);
    for (const line of ['e', 'f', 'g', 'h']) await bus.publish([large(line)]);
    const before = await generationFiles();
    freeBytes = 5;
    await bus.sweep();
    expect(bus.counters.generationsUnlinkedEarly).toBeGreaterThan(0);
    expect((await generationFiles()).length).toBeLessThan(before.length);
    expect((await collectLines(bus, 4)).lines.map((line) => line[0])).toEqual(['e', 'f', 'g', 'h']);
  });

  it('keeps frames that no group ever read for a week, then counts what it drops', async () => {
    const bus = await open(SMALL);
    for (const line of ['a', 'b', 'c', 'd']) await bus.publish([large(line)]);
    const before = await generationFiles();
    await clock.advance(7 * 24 * HOUR_MS - 1);
    await bus.sweep();
    expect(await generationFiles()).toEqual(before);
    await clock.advance(1);
    await bus.sweep();
    expect(bus.counters.generationsUnlinkedUnclaimed).toBe(before.length - 1);
    const [tenant] = (await bus.depth('raw.events', 'late')).tenants;
    expect(tenant?.frames).toBe(tenant?.events);
    expect(tenant?.bytes).toBe((tenant?.frames ?? 0) * 40_000);
  });

  it('does not keep the frames of one topic for the sake of another', async () => {
    const bus = await open(SMALL);
    await bus.publish([sampleFrame(['unread'], { topic: 'secplat.events.notify' })]);
    for (const line of ['a', 'b', 'c', 'd']) await bus.publish([large(line)]);
    await collectLines(bus, 4);
    await clock.advance(3 * HOUR_MS);
    await bus.sweep();
    expect(await generationFiles()).toHaveLength(1);
  });

  it('goes on numbering a source whose frames are all gone, also after a restart', async () => {
    const bus = await open(SMALL);
    await bus.publish([large('a', { tenantId: GLOBEX })]);
    for (const line of ['b', 'c', 'd']) await bus.publish([large(line)]);
    await collectLines(bus, 4);
    await clock.advance(3 * HOUR_MS);
    await bus.sweep();
    await bus.close();
    const again = await open(SMALL);
    expect(again.waitingBytes).toBe(0);
    await again.publish([large('e', { tenantId: GLOBEX })]);
    expect(again.waitingBytes).toBe(40_000);
    const { entries } = await collectLines(again, 1);
    expect(entries[0]?.position).toMatchObject({ tenantId: GLOBEX, offset: 2 });
  });
});

describe('LmdbEventBus limits', () => {
  it('refuses frames while less than a tenth of the disk is free', async () => {
    let freeBytes = 10;
    const bus = await open({ readDiskSpace: async () => ({ freeBytes, totalBytes: 100 }) });
    await bus.publish([sampleFrame()]);
    freeBytes = 9;
    await clock.advance(1000);
    expect(await refusalOf(() => bus.publish([sampleFrame()]))).toBe('storage_full');
    expect(bus.counters.refusedDiskFull).toBe(1);
    freeBytes = 10;
    await clock.advance(1000);
    await bus.publish([sampleFrame()]);
  });

  it('lets stages publish their output while the input is at its limits', async () => {
    let freeBytes = 50;
    const readDiskSpace = async () => ({ freeBytes, totalBytes: 100 });
    const bus = await open({ readDiskSpace, tenantWaitingBytesMax: 10, homeWaitingBytesMax: 10 });
    const consumer = await bus.consumeLog('raw.events', 'pipeline', {
      handle: async () => undefined,
    });
    const body = Buffer.alloc(10);
    await bus.publish([sampleFrame(['x'], { body })]);
    expect(await refusalOf(() => bus.publish([sampleFrame()]))).toBe('unavailable');
    const output = sampleFrame(['x'], { body, topic: 'alerts.scored' });
    await bus.publish([output]);
    freeBytes = 5;
    await clock.advance(1000);
    expect(await refusalOf(() => bus.publish([sampleFrame()]))).toBe('storage_full');
    await bus.publish([output]);
    freeBytes = 4;
    await clock.advance(1000);
    expect(await refusalOf(() => bus.publish([output]))).toBe('storage_full');
    await consumer.stop();
  });

  it('counts frames that wait for their commit', async () => {
    const bus = await open({ tenantWaitingBytesMax: 10 });
    const body = Buffer.alloc(6);
    const results = await Promise.allSettled([
      bus.publish([sampleFrame(['x'], { body })]),
      bus.publish([sampleFrame(['x'], { body })]),
      bus.publish([sampleFrame(['x'], { body, tenantId: GLOBEX })]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(bus.counters).toMatchObject({ refusedTenantLimit: 1, publishedFrames: 2, commits: 1 });
  });

  it('drops the oldest dead letter of a tenant past the limit, and counts it', async () => {
    const bus = await open({ deadLettersMax: 2 });
    await bus.publish([sampleFrame(['a', 'b', 'c'])]);
    const collector = new Collector();
    const consumer = await bus.consumeLog('raw.events', 'pipeline', collector);
    await collector.until(() => collector.entries.length === 1);
    const [entry] = collector.entries;
    for (const ordinal of [0, 1, 2]) {
      if (entry !== undefined) await collector.assignment?.deadLetter(entry, ordinal, 'bad');
    }
    await consumer.stop();
    const letters = await bus.deadLetters('raw.events', 'pipeline').list(ACME, 10);
    expect(letters.map(({ ordinal }) => ordinal)).toEqual([1, 2]);
    expect(bus.counters).toMatchObject({ deadLettersParked: 3, deadLettersDropped: 1 });
  });
});

describe('LmdbEventBus faults', () => {
  it('parks a frame that was changed on disk, never delivers it, and goes on behind it', async () => {
    const bus = await open();
    await bus.publish([sampleFrame(['before'])]);
    await bus.publish([sampleFrame(['MARKER'.padEnd(9000, 'm')])]);
    await bus.publish([sampleFrame(['after'])]);
    await bus.close();
    const file = join(folder, 'frames', 'raw.events', '00000001.lmdb');
    const bytes = await readFile(file);
    const at = bytes.indexOf('MARKER');
    bytes[at + 5000] = (bytes[at + 5000] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const again = await open();
    const { lines, entries } = await collectUntil(again, ({ entries: got }) => got.length === 3);
    expect(lines).toEqual(['before', 'after']);
    expect(entries[1]?.frame.count).toBe(0);
    expect(again.counters.corruptFrames).toBe(1);
    const [letter] = await again.deadLetters('raw.events', 'pipeline').list(ACME, 10);
    expect(letter?.reason).toContain('crc32');
    expect((await again.depth('raw.events', 'pipeline')).tenants[0]).toMatchObject({
      frames: 0,
      deadLetters: 1,
    });
  });

  it('acknowledges nothing any more after a failed commit, and says so once', async () => {
    const fatal: Error[] = [];
    let failing = false;
    const failpoint = (label: string): void => {
      if (failing && label === 'publish.before-commit') throw new Error('EIO');
    };
    world = { ...world, failpoint };
    const bus = await open({ onFatal: (error) => fatal.push(error) });
    await bus.publish([sampleFrame(['a'])]);
    failing = true;
    const refused: unknown = await bus.publish([sampleFrame(['b'])]).catch((error) => error);
    expect(isProblem(refused, 'outcome_unknown')).toBe(true);
    failing = false;
    expect(await refusalOf(() => bus.publish([sampleFrame(['c'])]))).toBe('unavailable');
    expect(fatal.map(({ message }) => message)).toEqual(['EIO']);
    await bus.close();
    const again = await open();
    expect((await collectLines(again, 1)).lines).toEqual(['a']);
  });

  it('refuses what comes after it was closed, without calling that a failed commit', async () => {
    const fatal: Error[] = [];
    const bus = await open({ onFatal: (error) => fatal.push(error) });
    await bus.publish([sampleFrame(['a'])]);
    const collector = new Collector({ commits: false });
    await bus.consumeLog('raw.events', 'pipeline', collector);
    await collector.until(() => collector.entries.length === 1);
    await bus.close();
    const [entry] = collector.entries;
    const commit = async () => collector.assignment?.commit(entry ? [entry.position] : []);
    expect(await refusalOf(commit)).toBe('lease_lost');
    const receipt = { topic: 'secplat.jobs.scan', group: 'scan', attempt: 1 } as const;
    const finish = async () =>
      bus.finishWork({ ...receipt, shard: 0, tenantId: ACME, offset: 1 }, { kind: 'done' });
    expect(await refusalOf(finish)).toBe('invalid_request');
    expect(await refusalOf(() => bus.depth('raw.events', 'pipeline'))).toBe('unavailable');
    expect(fatal).toEqual([]);
  });

  it('refuses a commit at an offset that no frame has', async () => {
    const bus = await open();
    await bus.publish([sampleFrame(['a'])]);
    const collector = new Collector({ commits: false });
    const consumer = await bus.consumeLog('raw.events', 'pipeline', collector);
    await collector.until(() => collector.entries.length === 1);
    const position = collector.entries[0]?.position;
    const commit = async (): Promise<void> => {
      if (position !== undefined) await collector.assignment?.commit([{ ...position, offset: 2 }]);
    };
    expect(await refusalOf(commit)).toBe('invalid_request');
    await consumer.stop();
  });

  it('lets another consumer take over when an owner was not heard of for the lease time', async () => {
    const bus = await open();
    await bus.publish([sampleFrame(['a'])]);
    const request = {
      topic: 'raw.events',
      group: 'pipeline',
      rewindMs: 0,
      signal: new AbortController().signal,
    } as const;
    const first = await bus.openLog({ ...request, waitMs: 0 });
    expect(await bus.openLog({ ...request, waitMs: 0 })).toBeUndefined();
    await clock.advance(9999);
    expect(await bus.openLog({ ...request, waitMs: 0 })).toBeUndefined();
    await clock.advance(1);
    const second = await bus.openLog({ ...request, waitMs: 0 });
    await first?.lost;
    expect(second?.epoch).toBe((first?.epoch ?? 0) + 1);
    const position = { topic: 'raw.events', shard: 10, tenantId: ACME, offset: 1 } as const;
    expect(await refusalOf(async () => first?.commit([position]))).toBe('lease_lost');
    expect(await refusalOf(async () => first?.next(1, 0, request.signal))).toBe('lease_lost');
    await second?.commit([position]);
    await second?.close();
  });
});
