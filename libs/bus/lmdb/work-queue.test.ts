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
import type { WorkRequest } from '../work-feed.ts';
import { FatalLatch } from './fatal-latch.ts';
import type { LmdbEventBus } from './lmdb-event-bus.ts';
import { MetaStore } from './meta-store.ts';
import { openLmdbEventBus } from './open-lmdb-event-bus.ts';

const REQUEST: WorkRequest = {
  topic: 'secplat.jobs.scan',
  group: 'scan',
  itemsMax: 1,
  leaseMs: 1000,
  attemptsMax: 1,
  waitMs: 0,
  signal: new AbortController().signal,
};

/** Time goes on by `stepMs` between any two looks at it. */
class HastyClock extends ManualClock {
  stepMs = 0;
  #past = 0;

  override now(): number {
    this.#past += this.stepMs;
    return super.now() + this.#past;
  }
}

let folder: string;
let clock: HastyClock;
let bus: LmdbEventBus;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bus-'));
  clock = new HastyClock();
  bus = await openBus();
});

afterEach(async () => {
  await bus.close();
  await rm(folder, { recursive: true });
});

function openBus(): Promise<LmdbEventBus> {
  const onFatal = (error: Error): void => {
    throw error;
  };
  const world = { ...systemWorld(), clock };
  return openLmdbEventBus({ folder, world, onFatal, readDiskSpace: roomyDisk });
}

function job(line: string): Frame {
  return sampleFrame([line], { topic: 'secplat.jobs.scan', tenantId: ACME });
}

/** Two calls at once: the lease of the first runs out before it is durable. */
async function leaseTwice(change: Partial<WorkRequest> = {}) {
  clock.stepMs = 2 * REQUEST.leaseMs;
  const leased = await Promise.all([1, 2].map(() => bus.leaseWork({ ...REQUEST, ...change })));
  clock.stepMs = 0;
  return leased;
}

describe('WorkQueue, two leases of one item at once', () => {
  it('parks an item without an answer once', async () => {
    await bus.publish([job('job')]);
    expect(await bus.leaseWork(REQUEST)).toHaveLength(1);
    await clock.advance(2000);
    expect(await leaseTwice()).toEqual([[], []]);
    expect(await bus.deadLetters('secplat.jobs.scan', 'scan').list(ACME, 10)).toHaveLength(1);
    expect((await bus.depth('secplat.jobs.scan', 'scan')).tenants[0]).toMatchObject({
      frames: 0,
      deadLetters: 1,
    });
  });

  it('gives an item to one of them, for the whole time of its lease from then on', async () => {
    await bus.publish([job('job')]);
    const [[held] = [], second] = await leaseTwice({ attemptsMax: 5 });
    expect(held?.receipt.attempt).toBe(1);
    expect(second).toEqual([]);
    await clock.advance(REQUEST.leaseMs - 1);
    expect(await bus.leaseWork({ ...REQUEST, attemptsMax: 5 })).toEqual([]);
    if (held !== undefined) await bus.finishWork(held.receipt, { kind: 'done' });
    expect((await bus.depth('secplat.jobs.scan', 'scan')).tenants[0]).toMatchObject({ frames: 0 });
  });
});

describe('WorkQueue, an item that came due and was not taken', () => {
  it('is not given out again once it is done', async () => {
    const jobs = ['first', 'second'].map((line) => job(line));
    await bus.publish(jobs);
    const held = await bus.leaseWork({ ...REQUEST, itemsMax: 2, attemptsMax: 5 });
    expect(held).toHaveLength(2);
    await clock.advance(2000);
    // Both leases ran out; another worker takes the first, and the slow one ends the second after all.
    const [again] = await bus.leaseWork({ ...REQUEST, attemptsMax: 5 });
    for (const ended of [held[1], again]) {
      if (ended !== undefined) await bus.finishWork(ended.receipt, { kind: 'done' });
    }
    expect((await bus.depth('secplat.jobs.scan', 'scan')).tenants[0]).toMatchObject({ frames: 0 });
    await bus.publish([job('third')]);
    const next = await bus.leaseWork({ ...REQUEST, itemsMax: 5, attemptsMax: 5 });
    expect(next.map(({ frame }) => frame.body.toString())).toEqual(['third']);
  });
});

describe('WorkQueue, items that were given out before the process ended', () => {
  it('are not given out again once they are done', async () => {
    await bus.publish(['first', 'second', 'third'].map((line) => job(line)));
    const held = await bus.leaseWork({ ...REQUEST, itemsMax: 2 });
    await bus.close();
    bus = await openBus();
    for (const { receipt } of held) await bus.finishWork(receipt, { kind: 'done' });
    const next = await bus.leaseWork({ ...REQUEST, itemsMax: 5 });
    expect(next.map(({ frame }) => frame.body.toString())).toEqual(['third']);
  });

  it('count once in the depth, also where an earlier version kept a record of one behind the cursor', async () => {
    await bus.publish([job('first'), job('second')]);
    const [held] = await bus.leaseWork(REQUEST);
    if (held !== undefined) await bus.finishWork(held.receipt, { kind: 'done' });
    await bus.close();
    const left = new MetaStore(join(folder, 'meta.lmdb'), new FatalLatch(() => undefined));
    const { topic, group } = REQUEST;
    const { shard, tenantId, offset } = held?.receipt ?? { shard: 0, tenantId: ACME, offset: 0 };
    const key = ['work', topic, group, shard, tenantId, offset] as const;
    await left.change((records) => records.putJson(key, { kind: 'done', attempt: 1, at: 0 }));
    await left.close();
    bus = await openBus();
    expect((await bus.depth(topic, group)).tenants[0]).toMatchObject({ frames: 1 });
    const [second] = await bus.leaseWork(REQUEST);
    if (second !== undefined) await bus.finishWork(second.receipt, { kind: 'done' });
    expect((await bus.depth(topic, group)).tenants[0]).toMatchObject({ frames: 0 });
  });
});
