import { Problem } from '@tocsin/kernel/problem.ts';
import { expect } from 'vitest';
import type { LogEntry } from '../event-bus.ts';
import { Collector } from '../testing/collector.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import { ACME, advanceUntil, type BusCase, collectUntil, GLOBEX } from './bus-case.ts';

/** A collector that cannot take frames with a line `poison` in them. */
function poisonable(): Collector {
  return new Collector({
    inspect: ({ frame }: LogEntry) => {
      if (frame.body.toString().split('\n').includes('poison'))
        throw new Error('cannot be handled');
    },
  });
}

function hasEnded(id: string): (collector: Collector) => boolean {
  return ({ entries }) => entries.some(({ frame, more }) => frame.id === id && more === undefined);
}

/** Failing handlers of logs, and what is parked. */
export const DEAD_LETTER_CASES: readonly BusCase[] = [
  {
    name: 'finds the item that cannot be handled, parks it and delivers all others with their ordinals',
    async run({ bus }) {
      const lines = Array.from({ length: 9 }, (_, at) => (at === 6 ? 'poison' : `line ${at}`));
      const frame = sampleFrame(lines);
      const after = sampleFrame(['after']);
      await bus.publish([sampleFrame(['before']), frame, after]);
      const { entries, lines: got } = await collectUntil(bus, hasEnded(after.id), poisonable());
      const good = lines.filter((line) => line !== 'poison');
      expect(got).toEqual(['before', ...good, 'after']);
      for (const entry of entries.filter((part) => part.frame.id === frame.id)) {
        const items = entry.frame.body.toString().split('\n');
        expect(items.length).toBe(entry.frame.count);
        expect(items).toEqual(
          lines.slice(entry.firstOrdinal, entry.firstOrdinal + entry.frame.count),
        );
      }
      const letters = await bus.deadLetters('raw.events', 'pipeline').list(ACME, 10);
      expect(letters).toHaveLength(1);
      expect(letters[0]).toMatchObject({ tenantId: ACME, ordinal: 6, attempts: 1 });
      expect(letters[0]?.frame.body.toString()).toBe('poison');
      expect(letters[0]?.frame.count).toBe(1);
      expect(letters[0]?.reason).toContain('cannot be handled');
      expect((await bus.depth('raw.events', 'pipeline')).tenants[0]).toMatchObject({
        frames: 0,
        deadLetters: 1,
      });
    },
  },
  {
    name: 'brings the end of a frame to the handler even when its last or only item was parked',
    async run({ bus }) {
      const frames = [sampleFrame(['poison']), sampleFrame(['a', 'poison'])];
      await bus.publish(frames);
      const { entries } = await collectUntil(bus, hasEnded(frames[1]?.id ?? ''), poisonable());
      const ends = entries.filter(({ more }) => more === undefined);
      expect(ends.map(({ frame, firstOrdinal }) => [frame.count, firstOrdinal])).toEqual([
        [0, 1],
        [0, 2],
      ]);
      expect((await bus.depth('raw.events', 'pipeline')).tenants[0]).toMatchObject({
        frames: 0,
        deadLetters: 2,
      });
    },
  },
  {
    name: 'does not let a cursor pass a frame of which parts are still to come',
    async run({ bus }) {
      const frame = sampleFrame(['a', 'b', 'poison', 'c']);
      await bus.publish([frame]);
      const offsets: (number | undefined)[] = [];
      const inner = poisonable();
      const consumer = await bus.consumeLog('raw.events', 'pipeline', {
        handle: async (entries, assignment) => {
          await inner.handle(entries, { ...assignment, commit: async () => undefined });
          // A careless handler: commits parts too.
          await assignment.commit(entries.map(({ position }) => position));
          if (entries.every(({ more }) => more)) {
            offsets.push((await bus.depth('raw.events', 'pipeline')).tenants[0]?.frames);
          }
        },
      });
      await inner.until(() => hasEnded(frame.id)(inner));
      await consumer.stop();
      expect(offsets.length).toBeGreaterThan(0);
      for (const waiting of offsets) expect(waiting).toBe(1);
      expect((await bus.depth('raw.events', 'pipeline')).tenants[0]?.frames).toBe(0);
    },
  },
  {
    name: 'hands the same entries over again after a retryable problem, later each time',
    async run(opened) {
      const { bus, clock } = opened;
      await bus.publish([sampleFrame(['a']), sampleFrame(['b'])]);
      const tries: { at: number; ids: string[] }[] = [];
      await bus.consumeLog('raw.events', 'pipeline', {
        handle: async (entries) => {
          tries.push({ at: clock.now(), ids: entries.map(({ frame }) => frame.id) });
          if (tries.length < 4) throw new Problem('unavailable');
        },
      });
      await advanceUntil(opened, () => tries.length === 4);
      for (const { ids } of tries) expect(ids).toEqual(tries[0]?.ids);
      const pauses = tries.slice(1).map(({ at }, index) => at - (tries[index]?.at ?? 0));
      expect(pauses[0]).toBeGreaterThanOrEqual(1000);
      expect(pauses[1]).toBeGreaterThanOrEqual(2000);
      expect(pauses[2]).toBeGreaterThanOrEqual(4000);
      expect(await bus.deadLetters('raw.events', 'pipeline').list(ACME, 10)).toEqual([]);
    },
  },
  {
    name: 'parks an item on the word of the handler, once',
    async run({ bus }) {
      const frame = sampleFrame(['a', 'b', 'c']);
      await bus.publish([frame]);
      const collector = new Collector({ commits: false });
      await bus.consumeLog('raw.events', 'pipeline', collector);
      await collector.until(() => collector.entries.length === 1);
      const [entry] = collector.entries;
      if (entry !== undefined) {
        await collector.assignment?.deadLetter(entry, 1, 'not for us');
        await collector.assignment?.deadLetter(entry, 1, 'not for us');
      }
      const letters = await bus.deadLetters('raw.events', 'pipeline').list(ACME, 10);
      expect(letters).toHaveLength(1);
      expect(letters[0]).toMatchObject({ ordinal: 1, reason: 'not for us' });
      expect(letters[0]?.frame.body.toString()).toBe('b');
    },
  },
  {
    name: 'keeps the dead letters of tenants apart',
    async run({ bus, reopen }) {
      const end = sampleFrame(['end']);
      await bus.publish([
        sampleFrame(['poison']),
        sampleFrame(['poison', 'poison'], { tenantId: GLOBEX }),
      ]);
      const collector = poisonable();
      await collectUntil(
        bus,
        ({ entries }) => entries.filter((e) => !e.more).length === 2,
        collector,
      );
      await bus.publish([end]);
      const again = await reopen();
      const queue = again.deadLetters('raw.events', 'pipeline');
      const acme = await queue.list(ACME, 10);
      const globex = await queue.list(GLOBEX, 10);
      expect([acme.length, globex.length]).toEqual([1, 2]);
      for (const letter of globex) expect(letter.tenantId).toBe(GLOBEX);
      const foreign = globex[0]?.id ?? '';
      expect(await queue.discard(ACME, foreign)).toBe(false);
      expect(await queue.redrive(ACME, foreign)).toBe(false);
      expect(await queue.list(GLOBEX, 10)).toHaveLength(2);
      expect(await again.deadLetters('raw.events', 'archive').list(GLOBEX, 10)).toEqual([]);
    },
  },
  {
    name: 'lists dead letters page by page, discards and redrives them',
    async run({ bus }) {
      const lines = Array.from({ length: 5 }, () => 'poison');
      const frame = sampleFrame(lines);
      await bus.publish([frame]);
      await collectUntil(bus, hasEnded(frame.id), poisonable());
      const queue = bus.deadLetters('raw.events', 'pipeline');
      const first = await queue.list(ACME, 2);
      const rest = await queue.list(ACME, 10, first[1]?.id);
      expect([...first, ...rest].map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4]);
      const [one, two] = first;
      expect(await queue.discard(ACME, one?.id ?? '')).toBe(true);
      expect(await queue.discard(ACME, one?.id ?? '')).toBe(false);
      expect(await queue.redrive(ACME, two?.id ?? '')).toBe(true);
      expect(await queue.list(ACME, 10)).toHaveLength(3);
      const again = await collectUntil(bus, ({ entries }) => entries.length > 0);
      expect(again.lines).toEqual(['poison']);
      expect(again.entries[0]?.frame.id).not.toBe(frame.id);
    },
  },
];
