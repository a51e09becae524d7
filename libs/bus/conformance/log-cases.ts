import { expect } from 'vitest';
import type { Assignment, LogEntry } from '../event-bus.ts';
import { Collector } from '../testing/collector.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import { ACME, type BusCase, collectLines, collectUntil, GLOBEX, refusalOf } from './bus-case.ts';

/** Delivery, order, cursors and leases of logs. */
export const LOG_CASES: readonly BusCase[] = [
  {
    name: 'delivers a frame with all its members and exactly its bytes',
    async run({ bus }) {
      const body = Buffer.from([0, 255, 13, 10, 34, 92, 128, 195, 40]);
      const frame = sampleFrame(['x', 'y'], {
        body,
        keySlot: 3,
        contentType: 'application/x-ndjson',
        sourceHint: 'linux_auth \u00e9 "\\',
        receivedAt: 1_790_000_000_123,
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        requestId: 'r-1',
      });
      await bus.publish([frame]);
      const { entries } = await collectUntil(bus, ({ entries }) => entries.length === 1);
      const got = entries[0];
      expect(got?.frame.body.equals(body)).toBe(true);
      expect({ ...got?.frame, body: 0 }).toEqual({ ...frame, body: 0 });
      expect(got?.firstOrdinal).toBe(0);
      expect(got?.more).toBeUndefined();
    },
  },
  {
    name: 'keeps the order of a source and numbers its frames from 1 without gaps',
    async run({ bus }) {
      const frames = Array.from({ length: 50 }, (_, index) => sampleFrame([`line ${index}`]));
      await bus.publish(frames.slice(0, 20));
      for (const frame of frames.slice(20, 30)) await bus.publish([frame]);
      await Promise.all(frames.slice(30).map((frame) => bus.publish([frame])));
      const { entries, lines } = await collectLines(bus, 50);
      expect(entries.map(({ position }) => position.offset)).toEqual(frames.map((_, at) => at + 1));
      expect(lines).toEqual(frames.map((_, index) => `line ${index}`));
    },
  },
  {
    name: 'puts the frames of a tenant and key slot on one shard, below 64',
    async run({ bus }) {
      const frames = [0, 1, 2, 0, 1, 2].map((keySlot) => sampleFrame(['x'], { keySlot }));
      await bus.publish(frames);
      const { entries } = await collectLines(bus, 6);
      const shards = [0, 1, 2].map((slot) => {
        return new Set(
          entries
            .filter(({ frame }) => frame.keySlot === slot)
            .map(({ position }) => position.shard),
        );
      });
      for (const shard of shards) {
        expect(shard.size).toBe(1);
        for (const number of shard) expect(number).toBeLessThan(64);
      }
    },
  },
  {
    name: 'gives every group every frame',
    async run({ bus }) {
      const collectors = [new Collector(), new Collector()];
      const groups = ['pipeline', 'archive'];
      for (const [index, collector] of collectors.entries()) {
        await bus.consumeLog('raw.events', groups[index] ?? '', collector);
      }
      await bus.publish([sampleFrame(['a']), sampleFrame(['b'])]);
      for (const collector of collectors) {
        await collector.until(() => collector.lines.length === 2);
        expect(collector.lines).toEqual(['a', 'b']);
      }
    },
  },
  {
    name: 'resolves an empty publish without doing anything',
    async run({ bus }) {
      await bus.publish([]);
      expect((await bus.depth('raw.events', 'pipeline')).tenants).toEqual([]);
    },
  },
  {
    name: 'publishes all frames of a call or none (B-019)',
    async run({ bus }) {
      const bad = sampleFrame(['x'], { count: 0 });
      expect(await refusalOf(() => bus.publish([sampleFrame(['a']), bad]))).toBe('invalid_request');
      await bus.publish([sampleFrame(['b'])]);
      expect((await collectLines(bus, 1)).lines).toEqual(['b']);
    },
  },
  {
    name: 'takes a body of 524288 bytes and refuses one of 524289',
    async run({ bus }) {
      await bus.publish([sampleFrame(['x'], { body: Buffer.alloc(524_288, 120) })]);
      const large = sampleFrame(['x'], { body: Buffer.alloc(524_289, 120) });
      expect(await refusalOf(() => bus.publish([large]))).toBe('body_too_large');
      expect((await collectLines(bus, 1)).lines[0]?.length).toBe(524_288);
    },
  },
  {
    name: 'starts a new group at the oldest kept frame',
    async run({ bus }) {
      await bus.publish([sampleFrame(['a']), sampleFrame(['b'])]);
      expect((await collectLines(bus, 2)).lines).toEqual(['a', 'b']);
    },
  },
  {
    name: 'starts a new group behind the newest frame when asked',
    async run({ bus }) {
      await bus.publish([sampleFrame(['a'])]);
      const collector = new Collector();
      await bus.consumeLog('raw.events', 'tail', collector, { fromNewest: true });
      await bus.publish([sampleFrame(['b'])]);
      await collector.until(() => collector.lines.length > 0);
      expect(collector.lines).toEqual(['b']);
    },
  },
  {
    name: 'keeps what was acknowledged when its process ends',
    async run({ bus, reopen }) {
      const frames = Array.from({ length: 20 }, (_, index) => sampleFrame([`line ${index}`]));
      await Promise.all(frames.map((frame) => bus.publish([frame])));
      const again = await reopen();
      await again.publish([sampleFrame(['after'])]);
      const { entries, lines } = await collectLines(again, 21);
      expect(lines).toEqual([...frames.map((_, index) => `line ${index}`), 'after']);
      expect(entries.at(-1)?.position.offset).toBe(21);
    },
  },
  {
    name: 'delivers again what was not committed, and only that',
    async run({ bus, reopen }) {
      await bus.publish(['a', 'b', 'c', 'd'].map((line) => sampleFrame([line])));
      const first = new Collector({ commits: false });
      await bus.consumeLog('raw.events', 'pipeline', first);
      await first.until(() => first.entries.length === 4);
      const second = first.entries[1];
      if (second !== undefined) await first.assignment?.commit([second.position]);
      const again = await reopen();
      const { lines, entries, assignment } = await collectLines(again, 2);
      expect(lines).toEqual(['c', 'd']);
      expect(entries.map(({ replayed }) => replayed)).toEqual([false, false]);
      expect(assignment?.committed).toEqual([{ ...second?.position, offset: 2 }]);
    },
  },
  {
    name: 'never moves a cursor back',
    async run({ bus, reopen }) {
      await bus.publish(['a', 'b', 'c'].map((line) => sampleFrame([line])));
      const collector = new Collector({ commits: false });
      await bus.consumeLog('raw.events', 'pipeline', collector);
      await collector.until(() => collector.entries.length === 3);
      const [first, , third] = collector.entries.map(({ position }) => position);
      if (third !== undefined) await collector.assignment?.commit([third]);
      if (first !== undefined) await collector.assignment?.commit([first]);
      const again = await reopen();
      await again.publish([sampleFrame(['d'])]);
      expect((await collectLines(again, 1)).lines).toEqual(['d']);
    },
  },
  {
    name: 'has one owner at a time, the next one with a higher epoch',
    async run({ bus }) {
      const first = new Collector();
      const second = new Collector();
      const consumer = await bus.consumeLog('raw.events', 'pipeline', first);
      await bus.publish([sampleFrame(['a'])]);
      await first.until(() => first.lines.length === 1);
      await bus.consumeLog('raw.events', 'pipeline', second);
      await bus.publish([sampleFrame(['b'])]);
      await first.until(() => first.lines.length === 2);
      expect(second.assignment).toBeUndefined();
      await consumer.stop();
      await bus.publish([sampleFrame(['c'])]);
      await second.until(() => second.lines.length === 1);
      expect(second.lines).toEqual(['c']);
      expect(second.assignment?.epoch).toBeGreaterThan(first.assignment?.epoch ?? 0);
    },
  },
  {
    name: 'refuses the commit of an owner whose lease has passed on',
    async run({ bus }) {
      await bus.publish([sampleFrame(['a']), sampleFrame(['b'])]);
      const old = new Collector({ commits: false });
      const consumer = await bus.consumeLog('raw.events', 'pipeline', old);
      await old.until(() => old.entries.length === 2);
      await consumer.stop();
      const next = new Collector({ commits: false });
      await bus.consumeLog('raw.events', 'pipeline', next);
      await next.until(() => next.entries.length === 2);
      const position = old.entries[1]?.position;
      expect(position).toBeDefined();
      const late = async (): Promise<void> => old.assignment?.commit(position ? [position] : []);
      expect(await refusalOf(late)).toBe('lease_lost');
      expect((await bus.depth('raw.events', 'pipeline')).tenants[0]?.frames).toBe(2);
    },
  },
  {
    name: 'tells a handler when shards come and go, and lets it commit as it stops',
    async run({ bus }) {
      const told: string[] = [];
      let seen: LogEntry | undefined;
      let signal: AbortSignal | undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      const consumer = await bus.consumeLog('raw.events', 'pipeline', {
        assigned: async (assignment) => {
          told.push('assigned');
          signal = assignment.signal;
        },
        handle: async (entries) => {
          told.push('handle');
          seen = entries[0];
          resolve();
        },
        revoked: async (assignment: Assignment) => {
          told.push('revoked');
          if (seen !== undefined) await assignment.commit([seen.position]);
        },
      });
      await bus.publish([sampleFrame(['a'])]);
      await promise;
      expect(signal?.aborted).toBe(false);
      await consumer.stop();
      await consumer.stop();
      expect(signal?.aborted).toBe(true);
      expect(told).toEqual(['assigned', 'handle', 'revoked']);
      expect((await bus.depth('raw.events', 'pipeline')).tenants[0]?.frames).toBe(0);
    },
  },
  {
    name: 'hands over at most batchBytesMax at once, but never nothing',
    async run({ bus }) {
      const sizes = [400, 400, 400, 5000, 400];
      await bus.publish(sizes.map((size) => sampleFrame(['x'], { body: Buffer.alloc(size, 97) })));
      const batches: number[] = [];
      const collector = new Collector();
      await collectUntil(bus, ({ entries }) => entries.length === 5, collector, {
        batchBytesMax: 1000,
      });
      await bus.publish(sizes.map((size) => sampleFrame(['x'], { body: Buffer.alloc(size, 97) })));
      let left = 5;
      const { promise, resolve } = Promise.withResolvers<void>();
      await bus.consumeLog(
        'raw.events',
        'pipeline',
        {
          handle: async (entries) => {
            batches.push(entries.reduce((sum, { frame }) => sum + frame.body.length, 0));
            left -= entries.length;
            if (left === 0) resolve();
          },
        },
        { batchBytesMax: 1000 },
      );
      await promise;
      for (const bytes of batches) expect(bytes === 5000 || bytes <= 1000).toBe(true);
    },
  },
  {
    name: 'waits for the handler before it hands over more',
    async run({ bus }) {
      await bus.publish([sampleFrame(['a']), sampleFrame(['b']), sampleFrame(['c'])]);
      let running = 0;
      let most = 0;
      let left = 3;
      const { promise, resolve } = Promise.withResolvers<void>();
      await bus.consumeLog(
        'raw.events',
        'pipeline',
        {
          handle: async (entries) => {
            running += 1;
            most = Math.max(most, running);
            await new Promise((done) => setImmediate(done));
            running -= 1;
            left -= entries.length;
            if (left === 0) resolve();
          },
        },
        { batchBytesMax: 1 },
      );
      await promise;
      expect(most).toBe(1);
    },
  },
  {
    name: 'delivers again what was received up to rewindMs before the cursor, marked as replayed',
    needs: 'replay',
    async run({ bus, reopen }) {
      const start = Date.UTC(2026, 0, 1);
      const lines = ['0 s', '10 s', '20 s', '30 s'];
      await bus.publish(
        lines.map((line, index) => sampleFrame([line], { receivedAt: start + index * 10_000 })),
      );
      const first = new Collector({ commits: false });
      await bus.consumeLog('raw.events', 'pipeline', first);
      await first.until(() => first.entries.length === 4);
      const third = first.entries[2]?.position;
      await first.assignment?.commit(third ? [third] : []);
      const again = await reopen();
      const second = await collectUntil(
        again,
        ({ entries }) => entries.length === 3,
        new Collector(),
        { rewindMs: 10_000 },
      );
      expect(second.entries.map(({ frame, replayed }) => [String(frame.body), replayed])).toEqual([
        ['10 s', true],
        ['20 s', true],
        ['30 s', false],
      ]);
    },
  },
  {
    name: 'does not let a flood of one tenant hold up another',
    needs: 'fairWithinShard',
    async run({ bus }) {
      const body = Buffer.alloc(32 * 1024, 120);
      const flood = Array.from({ length: 200 }, () => sampleFrame(['x'], { body }));
      await bus.publish(flood);
      await bus.publish(
        Array.from({ length: 10 }, () => sampleFrame(['y'], { body, tenantId: GLOBEX })),
      );
      const { entries } = await collectUntil(
        bus,
        ({ entries: got }) => got.length >= 210,
        new Collector(),
        { batchBytesMax: 256 * 1024 },
      );
      const last = entries.findLastIndex(({ frame }) => frame.tenantId === GLOBEX);
      const before = entries.slice(0, last).filter(({ frame }) => frame.tenantId === ACME).length;
      // Alone it would have waited for its own 10 frames; with the flood for at most as many more, and one turn.
      expect(before).toBeLessThanOrEqual(14);
    },
  },
  {
    name: 'counts what waits for a group, per tenant',
    async run({ bus }) {
      const start = Date.UTC(2026, 0, 1);
      await bus.publish([
        sampleFrame(['a', 'b'], { receivedAt: start }),
        sampleFrame(['c'], { receivedAt: start + 5 }),
        sampleFrame(['dd'], { tenantId: GLOBEX, receivedAt: start + 9 }),
      ]);
      const collector = new Collector({ commits: false });
      const consumer = await bus.consumeLog('raw.events', 'pipeline', collector);
      await collector.until(() => collector.entries.length === 3);
      const done = collector.entries.find(({ frame }) => frame.count === 2)?.position;
      await collector.assignment?.commit(done ? [done] : []);
      await consumer.stop();
      const { topic, group, tenants } = await bus.depth('raw.events', 'pipeline');
      expect([topic, group]).toEqual(['raw.events', 'pipeline']);
      const none = { deadLetters: 0, frames: 1, events: 1 };
      expect(tenants.toSorted((a, b) => a.bytes - b.bytes)).toEqual([
        { ...none, tenantId: ACME, bytes: 1, oldestAt: start + 5 },
        { ...none, tenantId: GLOBEX, bytes: 2, oldestAt: start + 9 },
      ]);
    },
  },
  {
    name: 'refuses illegal group names',
    async run({ bus }) {
      for (const name of ['', 'A', '1a', 'a b', 'a/b', 'a.b', '*', `a${'b'.repeat(41)}`]) {
        const consume = (): Promise<unknown> => bus.consumeLog('raw.events', name, new Collector());
        expect(await refusalOf(consume)).toBe('invalid_request');
        expect(await refusalOf(async () => bus.depth('raw.events', name))).toBe('invalid_request');
        const letters = async (): Promise<unknown> => bus.deadLetters('raw.events', name);
        expect(await refusalOf(letters)).toBe('invalid_request');
      }
      await bus.consumeLog('raw.events', `a${'b'.repeat(40)}`, new Collector());
    },
  },
  {
    name: 'closes twice, and refuses to publish afterwards',
    async run({ bus }) {
      await bus.close();
      await bus.close();
      expect(await refusalOf(() => bus.publish([sampleFrame()]))).toBe('unavailable');
    },
  },
];
