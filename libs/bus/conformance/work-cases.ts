import { WORK_GROUPS, WORK_TOPICS } from '@tocsin/contracts/topic.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { expect } from 'vitest';
import type { Frame } from '../frame.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import {
  ACME,
  advanceUntil,
  type BusCase,
  eventually,
  GLOBEX,
  refusalOf,
  until,
} from './bus-case.ts';

const TOPIC = 'secplat.jobs.scan';

function job(name: string, change: Partial<Frame> = {}): Frame {
  return sampleFrame([name], { topic: TOPIC, contentType: 'application/x-ndjson', ...change });
}

function nameOf(frame: Frame): string {
  return frame.body.toString();
}

/** Leases, retries and dead letters of work topics. */
export const WORK_CASES: readonly BusCase[] = [
  {
    name: 'takes jobs and messages on topics of their own, each for its group (B-015 to B-018)',
    async run({ bus }) {
      const done: string[] = [];
      for (const topic of WORK_TOPICS) {
        await bus.publish([job(topic, { topic })]);
        await bus.consumeWork(topic, WORK_GROUPS[topic], async ({ frame }) => {
          expect(frame.topic).toBe(topic);
          done.push(nameOf(frame));
        });
      }
      await until(() => done.length >= 4);
      expect(done.toSorted()).toEqual([
        'secplat.events.correlation',
        'secplat.events.notify',
        'secplat.jobs.derive',
        'secplat.jobs.scan',
      ]);
    },
  },
  {
    name: 'gives each work item to one worker of a group, and to each group (B-012, B-020)',
    async run({ bus }) {
      const done: string[] = [];
      const worker = (group: string) =>
        bus.consumeWork(TOPIC, group, async ({ frame, attempt }) => {
          expect(attempt).toBe(1);
          done.push(`${group} ${nameOf(frame)}`);
        });
      await worker('scan');
      await worker('scan');
      await worker('audit');
      await bus.publish(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => job(name)));
      await until(() => done.length >= 12);
      expect(done.toSorted()).toEqual(
        ['audit', 'scan'].flatMap((group) =>
          ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${group} ${name}`),
        ),
      );
    },
  },
  {
    name: 'retries a failed item after 2, 4, ... s without holding up others (B-021)',
    async run(opened) {
      const { bus, clock } = opened;
      const tries: { attempt: number; at: number }[] = [];
      const others: number[] = [];
      await bus.consumeWork(
        TOPIC,
        'scan',
        async ({ frame, attempt }) => {
          if (nameOf(frame) !== 'bad') return void others.push(clock.now());
          tries.push({ attempt, at: clock.now() });
          if (attempt < 3) throw new Error('not yet');
        },
        { concurrency: 1 },
      );
      const start = clock.now();
      await bus.publish([job('bad'), job('good'), job('good')]);
      await until(() => others.length === 2 && tries.length === 1);
      expect(clock.now()).toBe(start);
      await advanceUntil(opened, () => tries.length === 3);
      expect(tries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      const pauses = tries.slice(1).map(({ at }, index) => at - (tries[index]?.at ?? 0));
      expect(pauses[0]).toBeGreaterThanOrEqual(2000);
      expect(pauses[1]).toBeGreaterThanOrEqual(4000);
    },
  },
  {
    name: 'parks an item after its last attempt (B-022)',
    async run(opened) {
      const { bus } = opened;
      let tries = 0;
      await bus.consumeWork(
        TOPIC,
        'scan',
        async () => {
          tries += 1;
          throw new Error('never works');
        },
        // Longer than the time that passes while the machine is slow: this is not about leases.
        { attemptsMax: 3, leaseMs: 86_400_000 },
      );
      await bus.publish([job('bad')]);
      const queue = bus.deadLetters(TOPIC, 'scan');
      let letters: Awaited<ReturnType<typeof queue.list>> = [];
      const look = async (): Promise<void> => {
        letters = await queue.list(ACME, 10);
      };
      await advanceUntil({ ...opened, look }, () => letters.length > 0, 500);
      expect(tries).toBe(3);
      expect(letters[0]).toMatchObject({ attempts: 3, ordinal: 0 });
      expect(letters[0]?.reason).toContain('never works');
      const depth = await eventually(
        async () => (await bus.depth(TOPIC, 'scan')).tenants[0],
        (ours) => ours?.frames === 0,
      );
      expect(depth).toMatchObject({ frames: 0, deadLetters: 1 });
      expect(await queue.list(GLOBEX, 10)).toEqual([]);
    },
  },
  {
    name: 'ends an item once whose lease runs out while its end is written',
    async run(opened) {
      const { bus, clock } = opened;
      let tries = 0;
      const fail = async (): Promise<void> => {
        tries += 1;
        throw new Error('never works');
      };
      await bus.consumeWork(TOPIC, 'scan', fail, { attemptsMax: 1, leaseMs: 1000 });
      await bus.publish([job('bad')]);
      await until(() => tries === 1);
      const queue = bus.deadLetters(TOPIC, 'scan');
      const letters = await eventually(
        async () => {
          await clock.advance(2000);
          return queue.list(ACME, 10);
        },
        ({ length }) => length > 0,
      );
      expect(letters).toHaveLength(1);
      const depth = await eventually(
        async () => (await bus.depth(TOPIC, 'scan')).tenants[0],
        (ours) => ours?.frames === 0,
      );
      expect(depth).toMatchObject({ frames: 0, deadLetters: 1 });
      expect(tries).toBe(1);
    },
  },
  {
    name: 'parks an item at once when the problem will not go away',
    async run({ bus }) {
      let tries = 0;
      await bus.consumeWork(TOPIC, 'scan', async () => {
        tries += 1;
        throw new Problem('invalid_request', { detail: 'malformed' });
      });
      await bus.publish([job('bad'), job('bad too')]);
      const queue = bus.deadLetters(TOPIC, 'scan');
      await eventually(
        () => queue.list(ACME, 10),
        ({ length }) => length === 2,
      );
      expect(tries).toBe(2);
    },
  },
  {
    name: 'gives an item to another worker when its lease runs out, and refuses the late answer (B-024)',
    async run(opened) {
      const { bus, clock } = opened;
      const hang = Promise.withResolvers<void>();
      const attempts: number[] = [];
      let late: (() => Promise<void>) | undefined;
      await bus.consumeWork(
        TOPIC,
        'scan',
        async ({ attempt, extend }) => {
          attempts.push(attempt);
          if (attempt > 1) return;
          late = extend;
          await hang.promise;
        },
        { leaseMs: 5000 },
      );
      await bus.publish([job('a')]);
      await until(() => attempts.length === 1);
      await clock.advance(5000);
      await until(() => attempts.length === 2);
      expect(attempts).toEqual([1, 2]);
      expect(await refusalOf(async () => late?.())).toBe('lease_lost');
      hang.resolve();
    },
  },
  {
    name: 'keeps an item with its worker as long as the lease is extended',
    async run({ bus, clock }) {
      const attempts: number[] = [];
      let done = false;
      await bus.consumeWork(
        TOPIC,
        'scan',
        async ({ attempt, extend }) => {
          attempts.push(attempt);
          for (let turn = 0; turn < 6; turn += 1) {
            await clock.advance(3000);
            await extend();
          }
          done = true;
        },
        { leaseMs: 5000 },
      );
      await bus.publish([job('a')]);
      await until(() => done);
      expect(attempts).toEqual([1]);
    },
  },
  {
    name: 'parks an item over which worker after worker dies',
    async run(opened) {
      const { bus, clock } = opened;
      const hang = Promise.withResolvers<void>();
      const attempts: number[] = [];
      const handler = async ({ attempt }: { attempt: number }): Promise<void> => {
        attempts.push(attempt);
        await hang.promise;
      };
      await bus.consumeWork(TOPIC, 'scan', handler, { attemptsMax: 2, leaseMs: 5000 });
      await bus.publish([job('killer')]);
      for (const attempt of [1, 2]) {
        await until(() => attempts.length === attempt);
        await clock.advance(5000);
      }
      const letters = await eventually(
        () => bus.deadLetters(TOPIC, 'scan').list(ACME, 10),
        ({ length }) => length > 0,
      );
      expect(attempts).toEqual([1, 2]);
      expect(letters[0]?.reason).toContain('without an answer');
      hang.resolve();
    },
  },
  {
    name: 'lets running work finish when it closes, and does not give it out again',
    async run({ bus, reopen }) {
      const started = Promise.withResolvers<void>();
      const finish = Promise.withResolvers<void>();
      await bus.consumeWork(TOPIC, 'scan', async () => {
        started.resolve();
        await finish.promise;
      });
      await bus.publish([job('slow')]);
      await started.promise;
      const reopening = reopen();
      finish.resolve();
      const again = await reopening;
      const next = Promise.withResolvers<string>();
      await again.consumeWork(TOPIC, 'scan', async ({ frame }) => next.resolve(nameOf(frame)));
      await again.publish([job('next')]);
      expect(await next.promise).toBe('next');
    },
  },
  {
    name: 'serves tenants in turn',
    async run({ bus }) {
      await bus.publish(Array.from({ length: 50 }, (_, index) => job(`flood ${index}`)));
      await bus.publish([job('other', { tenantId: GLOBEX })]);
      const order: string[] = [];
      await bus.consumeWork(TOPIC, 'scan', async ({ frame }) => void order.push(nameOf(frame)), {
        concurrency: 1,
      });
      await until(() => order.includes('other'));
      expect(order.indexOf('other')).toBeLessThanOrEqual(17);
    },
  },
  {
    name: 'does not give out finished items again after it was opened again',
    async run({ bus, reopen }) {
      const done: string[] = [];
      const all = Promise.withResolvers<void>();
      const consumer = await bus.consumeWork(TOPIC, 'scan', async ({ frame }) => {
        done.push(nameOf(frame));
        if (done.length === 3) all.resolve();
      });
      await bus.publish(['a', 'b', 'c'].map((name) => job(name)));
      await all.promise;
      await consumer.stop();
      const again = await reopen();
      const next = Promise.withResolvers<string>();
      await again.consumeWork(TOPIC, 'scan', async ({ frame }) => next.resolve(nameOf(frame)));
      await again.publish([job('d')]);
      expect(await next.promise).toBe('d');
    },
  },
];
