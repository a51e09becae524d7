import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from '@tocsin/bus/frame.ts';
import { openLmdbEventBus } from '@tocsin/bus/lmdb/open-lmdb-event-bus.ts';
import type { Envelope } from '@tocsin/contracts/envelope.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { seededRandom } from '@tocsin/kernel/random.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from './log.ts';
import { ENVELOPE_BYTES_MAX, writeOutbox } from './outbox.ts';
import { relayOutbox, relayPending } from './outbox-relay.ts';
import { openTestDatabase, type TestDatabase, testTenant } from './testing/test-database.ts';

const clock = new ManualClock();
const random = seededRandom(7);
const world: World = { ...systemWorld(), clock };

let db: TestDatabase;
let published: Frame[];
let publishFails: (frame: Frame) => boolean;

const bus = {
  async publish(frames: readonly Frame[]): Promise<void> {
    if (frames.some(publishFails)) throw new Problem('unavailable');
    published.push(...frames);
  },
};

beforeAll(async () => {
  db = await openTestDatabase();
});
beforeEach(() => {
  published = [];
  publishFails = () => false;
});
afterAll(() => db.drop());

function envelope(tenantId: string, payload: unknown = {}): Envelope {
  return {
    event_id: uuidV7(clock, random),
    event_type: 'case.opened',
    ts: '2026-01-01T00:00:00.000Z',
    tenant_id: tenantId,
    request_id: 'r-1',
    payload,
  };
}

async function write(tenantId: string, payload?: unknown): Promise<Envelope> {
  const tenant = testTenant(tenantId);
  const message = envelope(tenantId, payload);
  await db.database.inTenant(tenant, (tx) =>
    writeOutbox(tx, tenant, 'secplat.events.notify', message),
  );
  return message;
}

const relay = (options: { world?: World } = {}) =>
  relayPending({ database: db.database, bus, world, log: silentLog, ...options });

async function waiting(): Promise<number> {
  const rows = await db.database.inPlatform((tx) =>
    tx.selectFrom('outbox_heads').selectAll().execute(),
  );
  return rows.length;
}

describe('the outbox', () => {
  it('is published as frames of one envelope each, with the row’s id, and emptied', async () => {
    const messages = [await write('acme-corp', { n: 1 }), await write('other-corp')];
    await clock.advance(1);
    messages.push(await write('acme-corp', { n: 2 }));
    expect(await relay()).toEqual({ published: 3, failed: 0 });
    expect(published.map((frame) => frame.tenantId)).toEqual([
      'acme-corp',
      'acme-corp',
      'other-corp',
    ]);
    expect(published.map((frame) => JSON.parse(frame.body.toString()))).toEqual([
      messages[0],
      messages[2],
      messages[1],
    ]);
    expect(published[0]).toMatchObject({ id: messages[0]?.event_id, count: 1, requestId: 'r-1' });
    expect(await waiting()).toBe(0);
    expect(await relay()).toEqual({ published: 0, failed: 0 });
  });

  it('holds nothing of a transaction that was rolled back', async () => {
    const tenant = testTenant('acme-corp');
    const failing = db.database.inTenant(tenant, async (tx) => {
      await writeOutbox(tx, tenant, 'secplat.events.notify', envelope('acme-corp'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await waiting()).toBe(0);
  });

  it('keeps the rows of a tenant that cannot be published, and publishes the others', async () => {
    await write('acme-corp');
    await write('other-corp');
    publishFails = (frame) => frame.tenantId === 'acme-corp';
    expect(await relay()).toEqual({ published: 1, failed: 1 });
    expect(await waiting()).toBe(1);
    publishFails = () => false;
    expect(await relay()).toEqual({ published: 1, failed: 0 });
  });

  it('publishes again with the same id after a crash between publish and delete', async () => {
    const message = await write('acme-corp');
    const crash: World = {
      ...world,
      failpoint: (label) => {
        if (label === 'outbox.after-publish') throw new Error('crash');
      },
    };
    expect(await relay({ world: crash })).toEqual({ published: 0, failed: 1 });
    expect(await relay()).toEqual({ published: 1, failed: 0 });
    expect(published.map((frame) => frame.id)).toEqual([message.event_id, message.event_id]);
  });

  it('takes an envelope of the limit and refuses one past it', async () => {
    const empty = Buffer.byteLength(JSON.stringify(envelope('acme-corp', '')));
    await write('acme-corp', 'x'.repeat(ENVELOPE_BYTES_MAX - empty));
    await expect(
      write('acme-corp', 'x'.repeat(ENVELOPE_BYTES_MAX - empty + 1)),
    ).rejects.toMatchObject({ code: 'body_too_large' });
    expect(await relay()).toEqual({ published: 1, failed: 0 });
  });

  it('is never written for another tenant', async () => {
    const tenant = testTenant('acme-corp');
    const forged = db.database.inTenant(tenant, (tx) =>
      writeOutbox(tx, tenant, 'secplat.events.notify', envelope('other-corp')),
    );
    await expect(forged).rejects.toThrow('invariant broken');
  });

  it('arrives at a worker through the embedded bus', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tocsin-outbox-'));
    const real = await openLmdbEventBus({
      folder,
      world: systemWorld(),
      onFatal: (error) => {
        throw error;
      },
    });
    try {
      const message = await write('acme-corp', { case_id: '1' });
      const arrived = Promise.withResolvers<unknown>();
      const consumer = await real.consumeWork('secplat.events.notify', 'notifier', async (item) => {
        arrived.resolve(JSON.parse(item.frame.body.toString()));
      });
      const running = relayOutbox({ database: db.database, bus: real, world, log: silentLog });
      expect(await arrived.promise).toEqual(message);
      await running.stop();
      await consumer.stop();
    } finally {
      await real.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is relayed in the background until stopped, at once when woken', async () => {
    const arrived = Promise.withResolvers<void>();
    const listening = {
      async publish(frames: readonly Frame[]): Promise<void> {
        await bus.publish(frames);
        arrived.resolve();
      },
    };
    const running = relayOutbox({ database: db.database, bus: listening, world, log: silentLog });
    await write('acme-corp');
    running.wake();
    await Promise.race([arrived.promise, wakeUntil(arrived.promise, running.wake)]);
    await running.stop();
    expect(published).toHaveLength(1);
  });
});

/** The manual clock does not move by itself: wakes until the work is done. */
async function wakeUntil(done: Promise<void>, wake: () => void): Promise<void> {
  let isDone = false;
  done.then(() => {
    isDone = true;
  });
  while (!isDone) {
    wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
