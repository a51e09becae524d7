import type { EventBus } from '@tocsin/bus/event-bus.ts';
import { FRAME_BODY_BYTES_MAX, type Frame } from '@tocsin/bus/frame.ts';
import { checkFrame } from '@tocsin/bus/frame-codec.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameCoalescer, PUBLISHING_MAX, WAITING_BYTES_MAX } from './frame-coalescer.ts';
import type { LineRun } from './line-runs.ts';
import type { FrameKey } from './open-frame.ts';
import { readLines } from './read-lines.ts';

const ORIGIN = { requestId: 'r', traceparent: '' };
const ACME: FrameKey = {
  tenantId: parseTenantId('acme-corp'),
  contentType: 'text/plain',
  sourceHint: '',
};
const GLOBEX: FrameKey = { ...ACME, tenantId: parseTenantId('globex') };

/** The publishing side of a bus whose disk is as slow as the test says. */
class SlowBus {
  readonly frames: Frame[] = [];
  readonly #waiting: { finish: () => void; fail: (error: unknown) => void }[] = [];
  running = 0;
  mostAtOnce = 0;

  get waiting(): number {
    return this.#waiting.length;
  }

  async publish(frames: readonly Frame[]): Promise<void> {
    for (const frame of frames) checkFrame(frame);
    this.running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ finish: done.resolve, fail: done.reject });
    await done.promise.finally(() => {
      this.running -= 1;
    });
    this.frames.push(...frames);
  }

  /** Lets the oldest publish end; then what follows from it happens. */
  async next(error?: unknown): Promise<void> {
    const oldest = this.#waiting.shift();
    if (error === undefined) oldest?.finish();
    else oldest?.fail(error);
    await turn();
  }

  async drain(): Promise<void> {
    for (await turn(); this.waiting > 0; ) await this.next();
  }

  get lines(): string[] {
    return this.frames.flatMap((frame) => frame.body.toString().split('\n'));
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const line = (text: string): LineRun => ({ bytes: Buffer.from(text), count: 1 });

function open(): { bus: SlowBus; coalescer: FrameCoalescer } {
  const bus = new SlowBus();
  const world = { ...systemWorld(), clock: new ManualClock() };
  return { bus, coalescer: new FrameCoalescer(bus as unknown as EventBus, world) };
}

describe('the frame coalescer', () => {
  it('resolves a request when its frame is durable, not before', async () => {
    const { bus, coalescer } = open();
    let durable = false;
    const request = coalescer.add(ACME, ORIGIN, [line('a')]).then((parts) => {
      durable = true;
      return parts;
    });
    await turn();
    expect(durable).toBe(false);
    await bus.next();
    expect(await request).toEqual([{ frameId: bus.frames[0]?.id, first: 0, count: 1 }]);
  });

  it('sends a lone request at once: it lingers for nothing', async () => {
    const { bus, coalescer } = open();
    void coalescer.add(ACME, ORIGIN, [line('a')]);
    await turn();
    expect(bus.waiting).toBe(1);
  });

  it('packs requests of the same moment into one frame, each told its own place', async () => {
    const { bus, coalescer } = open();
    const requests = ['a', 'b', 'c'].map((text) =>
      coalescer.add(ACME, ORIGIN, [line(text), line(text)]),
    );
    await bus.drain();
    const parts = (await Promise.all(requests)).flat();
    expect(bus.frames).toHaveLength(1);
    expect(bus.lines).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
    expect(parts.map(({ first, count }) => [first, count])).toEqual([
      [0, 2],
      [2, 2],
      [4, 2],
    ]);
  });

  it('publishes the lines of one request as the slice of its body that they are', async () => {
    const { bus, coalescer } = open();
    const body = Buffer.alloc(200_000, `${'x'.repeat(999)}\n`).subarray(0, -1);
    const request = coalescer.add(ACME, ORIGIN, readLines(body).runs);
    await bus.drain();
    await request;
    expect(bus.frames).toHaveLength(1);
    expect(bus.frames[0]?.body.buffer).toBe(body.buffer);
    expect(bus.frames[0]?.body.equals(body)).toBe(true);
    expect(bus.frames[0]?.count).toBe(200);
  });

  it('lets what comes while the bus is busy share the next frame', async () => {
    const { bus, coalescer } = open();
    const requests: Promise<unknown>[] = [];
    for (let n = 0; n < 30; n += 1) {
      requests.push(coalescer.add(ACME, ORIGIN, [line(`${n}`)]));
      await turn();
    }
    expect(bus.waiting).toBe(PUBLISHING_MAX);
    await bus.drain();
    await Promise.all(requests);
    expect(bus.frames.map((frame) => frame.count)).toEqual([1, 1, 28]);
    expect(bus.lines).toEqual(Array.from({ length: 30 }, (_, n) => `${n}`));
  });

  it('never mixes tenants, content types or source hints in a frame', async () => {
    const { bus, coalescer } = open();
    const keys: FrameKey[] = [
      ACME,
      GLOBEX,
      { ...ACME, sourceHint: 'zeek' },
      { ...ACME, contentType: 'application/x-tocsin-wrapped' },
    ];
    const requests = keys.flatMap((key) => [
      coalescer.add(key, ORIGIN, [line('x')]),
      coalescer.add(key, ORIGIN, [line('x')]),
    ]);
    await bus.drain();
    await Promise.all(requests);
    expect(
      bus.frames.map(({ tenantId, contentType, sourceHint, count }) => [
        tenantId,
        contentType,
        sourceHint,
        count,
      ]),
    ).toEqual(keys.map((key) => [key.tenantId, key.contentType, key.sourceHint, 2]));
  });

  it('does not let one tenant wait for the frames of another', async () => {
    const { bus, coalescer } = open();
    void coalescer.add(ACME, ORIGIN, [line('slow')]);
    await turn();
    void coalescer.add(GLOBEX, ORIGIN, [line('quick')]);
    await turn();
    expect(bus.waiting).toBe(2);
  });

  it('loses no item, keeps each request in order and tells true places, whatever the sizes', async () => {
    const size = fc.oneof(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 100_000, max: 262_144 }),
    );
    const requests = fc.array(fc.array(size, { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 8,
    });
    const property = fc.asyncProperty(requests, fc.array(fc.boolean()), async (sizes, pauses) => {
      const { bus, coalescer } = open();
      const added: Promise<{ frameId: string; first: number; count: number }[]>[] = [];
      for (const [request, lengths] of sizes.entries()) {
        const runs = lengths.map((length, at) => line(`${request}.${at} `.padEnd(length, 'x')));
        added.push(coalescer.add(ACME, ORIGIN, runs));
        if (pauses[request]) await turn();
      }
      await bus.drain();
      for (const [request, parts] of (await Promise.all(added)).entries()) {
        const found = parts.flatMap(({ frameId, first, count }) => {
          const frame = bus.frames.find(({ id }) => id === frameId);
          return (
            frame?.body
              .toString()
              .split('\n')
              .slice(first, first + count) ?? []
          );
        });
        expect(found.map((text) => text.split(' ')[0])).toEqual(
          sizes[request]?.map((_, at) => `${request}.${at}`),
        );
      }
      expect(bus.mostAtOnce).toBeLessThanOrEqual(PUBLISHING_MAX);
      expect(Math.max(...bus.frames.map(({ body }) => body.length))).toBeLessThanOrEqual(
        FRAME_BODY_BYTES_MAX,
      );
      expect(
        bus.frames.every(({ body, count }) => body.toString().split('\n').length === count),
      ).toBe(true);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('fails exactly the requests of the frame that could not be published', async () => {
    const { bus, coalescer } = open();
    const first = coalescer.add(ACME, ORIGIN, [line('a')]);
    await turn();
    const second = [
      coalescer.add(ACME, ORIGIN, [line('b')]),
      coalescer.add(ACME, ORIGIN, [line('c')]),
    ];
    await turn();
    const third = coalescer.add(ACME, ORIGIN, [line('d')]);
    const outcomes = Promise.allSettled([first, ...second, third]);
    await bus.next();
    await bus.next(new Problem('storage_full'));
    await bus.drain();
    const fulfilled = (await outcomes).map(({ status }) => status === 'fulfilled');
    expect(fulfilled).toEqual([true, false, false, true]);
    expect(bus.lines).toEqual(['a', 'd']);
  });

  it('survives a publish that fails, at each k', async () => {
    for (let k = 0; k < 5; k += 1) {
      const { bus, coalescer } = open();
      const outcomes: Promise<string>[] = [];
      for (let n = 0; n < 5; n += 1) {
        const text = `${n}`;
        outcomes.push(
          coalescer.add(ACME, ORIGIN, [line(text)]).then(
            () => text,
            () => `not ${text}`,
          ),
        );
        await turn();
        await bus.next(n === k ? new Problem('unavailable') : undefined);
      }
      const told = await Promise.all(outcomes);
      expect(told).toEqual([0, 1, 2, 3, 4].map((n) => (n === k ? `not ${n}` : `${n}`)));
      expect(bus.lines).toEqual(told.filter((text) => !text.startsWith('not')));
    }
  });

  it('refuses what is past the share of its tenant, leaves room for others, and takes it again later', async () => {
    const { bus, coalescer } = open();
    const big = { bytes: Buffer.alloc(FRAME_BODY_BYTES_MAX, 'x'), count: 1 };
    const request = Array.from({ length: 16 }, () => big);
    const requestBytes = 16 * FRAME_BODY_BYTES_MAX;
    const share = Math.floor((WAITING_BYTES_MAX * 2) / 3 / requestBytes);
    const taken = Array.from({ length: share }, () => coalescer.add(ACME, ORIGIN, request));
    const over = { code: 'too_many_requests', retryAfterSeconds: 1 };
    await expect(coalescer.add(ACME, ORIGIN, request)).rejects.toMatchObject(over);
    await expect(coalescer.addKeyed(ACME, ORIGIN, request, 'k')).rejects.toMatchObject(over);
    const other = coalescer.add(GLOBEX, ORIGIN, request);
    await bus.drain();
    await Promise.all([...taken, other]);
    const again = coalescer.add(ACME, ORIGIN, request);
    await bus.drain();
    expect(await again).toHaveLength(16);
  });
});
