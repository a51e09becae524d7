import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACME } from '../conformance/bus-case.ts';
import type { Frame } from '../frame.ts';
import { roomyDisk } from '../testing/open-test-bus.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import { DeadLetterStore } from './dead-letter-store.ts';
import { FatalLatch } from './fatal-latch.ts';
import { newCounters } from './limits.ts';
import type { LmdbEventBus } from './lmdb-event-bus.ts';
import { MetaStore } from './meta-store.ts';
import { openLmdbEventBus } from './open-lmdb-event-bus.ts';

const TOPIC = 'raw.events';
const GROUP = 'pipeline';

const onFatal = (error: Error): void => {
  throw error;
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bus-letters-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Calls made together share one commit, in which none sees on disk what another does. */
describe('DeadLetterStore, calls that share a commit', () => {
  let meta: MetaStore;
  const counters = newCounters();
  const open = (max = 10) => new DeadLetterStore(meta, new ManualClock(), counters, max);

  beforeEach(() => {
    meta = new MetaStore(`${folder}/meta.lmdb`, new FatalLatch(onFatal));
  });

  afterEach(() => meta.close());

  const parked = (frame: Frame) => {
    return {
      topic: TOPIC,
      group: GROUP,
      frame,
      ordinal: 0,
      reason: 'a test',
      attempts: 1,
    } as const;
  };
  const countOf = (store: DeadLetterStore) => store.countOf(TOPIC, GROUP, ACME);
  const idsOf = (store: DeadLetterStore) =>
    store.list(TOPIC, GROUP, ACME, 100).map(({ frame }) => frame.body.toString());

  it('counts an item once that is parked twice', async () => {
    const store = open();
    const frame = sampleFrame(['bad']);
    await Promise.all([store.park(parked(frame)), store.park(parked(frame))]);
    expect(countOf(store)).toBe(1);
    expect(countOf(open())).toBe(1);
  });

  it('removes a letter once', async () => {
    const store = open();
    await store.park(parked(sampleFrame(['bad'])));
    const [{ id } = { id: '' }] = store.list(TOPIC, GROUP, ACME, 1);
    const removed = [1, 2].map(() => store.remove(TOPIC, GROUP, ACME, id));
    expect(await Promise.all(removed)).toEqual([true, false]);
    expect(countOf(store)).toBe(0);
  });

  it('counts no letter twice when all of a tenant go and one of them by itself', async () => {
    const store = open();
    await store.park(parked(sampleFrame(['bad'])));
    const [{ id } = { id: '' }] = store.list(TOPIC, GROUP, ACME, 1);
    await Promise.all([store.remove(TOPIC, GROUP, ACME, id), store.removeAll(ACME)]);
    expect(countOf(store)).toBe(0);
  });

  it('drops a letter for each that is too many', async () => {
    const store = open(2);
    const frames = ['a', 'b', 'c', 'd'].map((line) => sampleFrame([line]));
    for (const frame of frames.slice(0, 2)) await store.park(parked(frame));
    await Promise.all(frames.slice(2).map((frame) => store.park(parked(frame))));
    expect(countOf(store)).toBe(2);
    expect(idsOf(store)).toHaveLength(2);
    expect(countOf(open())).toBe(2);
  });
});

describe('LocalDeadLetterQueue', () => {
  let bus: LmdbEventBus;

  beforeEach(async () => {
    bus = await openLmdbEventBus({
      folder,
      world: systemWorld(),
      onFatal,
      readDiskSpace: roomyDisk,
    });
  });

  afterEach(() => bus.close());

  it('publishes a letter once that is redriven twice at once', async () => {
    const taken: string[] = [];
    const parkedAt = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    const consumer = await bus.consumeLog(TOPIC, GROUP, {
      async handle(entries, assignment) {
        for (const entry of entries) {
          const line = entry.frame.body.toString();
          if (line === 'bad' && taken.length === 0) await assignment.deadLetter(entry, 0, 'a test');
          taken.push(line);
        }
        await assignment.commit(entries.map(({ position }) => position));
        if (taken.includes('bad')) parkedAt.resolve();
        if (taken.includes('last')) done.resolve();
      },
    });
    await bus.publish([sampleFrame(['bad'])]);
    await parkedAt.promise;
    const [{ id } = { id: '' }] = await bus.deadLetters(TOPIC, GROUP).list(ACME, 1);
    // Two queues: each request of the API has one of its own.
    const redriven = [1, 2].map(() => bus.deadLetters(TOPIC, GROUP).redrive(ACME, id));
    expect(await Promise.all(redriven)).toEqual([true, false]);
    await bus.publish([sampleFrame(['last'])]);
    await done.promise;
    await consumer.stop();
    expect(taken).toEqual(['bad', 'bad', 'last']);
    expect((await bus.depth(TOPIC, GROUP)).tenants[0]).toMatchObject({ deadLetters: 0 });
  });
});
