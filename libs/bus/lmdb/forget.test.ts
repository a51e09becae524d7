import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogHandler } from '../event-bus.ts';
import type { Frame } from '../frame.ts';
import type { LmdbEventBus } from './lmdb-event-bus.ts';
import { openLmdbEventBus } from './open-lmdb-event-bus.ts';

const ACME = parseTenantId('acme-corp');
const GLOBEX = parseTenantId('globex');
const world = systemWorld();

let folder: string;
let bus: LmdbEventBus;

const open = () =>
  openLmdbEventBus({
    folder,
    world,
    onFatal: (error) => {
      throw error;
    },
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bus-forget-'));
  bus = await open();
});
afterEach(async () => {
  await bus.close();
  await rm(folder, { recursive: true });
});

function frame(tenantId: typeof ACME, text: string, topic: Frame['topic'] = 'raw.events'): Frame {
  return {
    id: uuidV7(world.clock, world.random),
    tenantId,
    topic,
    keySlot: 0,
    count: 1,
    contentType: 'application/x-ndjson',
    sourceHint: '',
    receivedAt: world.clock.now(),
    traceparent: '',
    requestId: '',
    body: Buffer.from(text),
  };
}

/** Reads the log to `frames` frames and commits them. */
async function read(frames: number, park = false): Promise<void> {
  const done = Promise.withResolvers<void>();
  let seen = 0;
  const handler: LogHandler = {
    async handle(entries, assignment) {
      for (const entry of entries) {
        if (park) await assignment.deadLetter(entry, 0, 'a test');
      }
      await assignment.commit(entries.map(({ position }) => position));
      seen += entries.length;
      if (seen >= frames) done.resolve();
    },
  };
  const consumer = await bus.consumeLog('raw.events', 'pipeline', handler);
  await done.promise;
  await consumer.stop();
}

async function findOnDisk(text: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    if (bytes.includes(text)) found.push(entry.name);
  }
  return found;
}

describe('forgetting a tenant', () => {
  it('unlinks its frames when they are read, before their time, and leaves others theirs', async () => {
    await bus.publish([frame(ACME, 'canary-of-acme'), frame(GLOBEX, 'of-globex')]);
    expect(await findOnDisk('canary-of-acme')).not.toEqual([]);
    await read(2);
    expect(await bus.forget(ACME)).toEqual({ frames: 0, deadLetters: 0 });
    expect(await findOnDisk('canary-of-acme')).toEqual([]);
    await bus.publish([frame(GLOBEX, 'more-of-globex')]);
    await read(1);
  });

  it('keeps frames that nobody has read yet, of either tenant, and says how many', async () => {
    await bus.publish([frame(ACME, 'canary-of-acme')]);
    await read(1);
    await bus.publish([frame(ACME, 'canary-of-acme'), frame(GLOBEX, 'of-globex')]);
    expect(await bus.forget(ACME)).toMatchObject({ frames: 2 });
    await read(2);
    expect(await bus.forget(ACME)).toMatchObject({ frames: 0 });
    expect(await findOnDisk('canary-of-acme')).toEqual([]);
  });

  it('unlinks work that no group ever asked for', async () => {
    await bus.publish([frame(ACME, 'canary-of-acme', 'secplat.events.notify')]);
    expect(await bus.forget(ACME)).toMatchObject({ frames: 0 });
    expect(await findOnDisk('canary-of-acme')).toEqual([]);
  });

  it('drops its dead letters and nobody else’s', async () => {
    await bus.publish([frame(ACME, 'bad-of-acme'), frame(GLOBEX, 'bad-of-globex')]);
    await read(2, true);
    expect(await bus.forget(ACME)).toMatchObject({ deadLetters: 1 });
    const letters = bus.deadLetters('raw.events', 'pipeline');
    expect(await letters.list(ACME, 10)).toEqual([]);
    expect(await letters.list(GLOBEX, 10)).toHaveLength(1);
  });

  it('goes on numbering after a restart, where it left off', async () => {
    await bus.publish([frame(ACME, 'one'), frame(ACME, 'two')]);
    await read(2);
    await bus.forget(ACME);
    await bus.close();
    bus = await open();
    await bus.publish([frame(ACME, 'three')]);
    const offsets: number[] = [];
    const done = Promise.withResolvers<void>();
    const consumer = await bus.consumeLog('raw.events', 'pipeline', {
      async handle(entries, assignment) {
        offsets.push(...entries.map(({ position }) => position.offset));
        await assignment.commit(entries.map(({ position }) => position));
        done.resolve();
      },
    });
    await done.promise;
    await consumer.stop();
    expect(offsets).toEqual([3]);
  });
});
