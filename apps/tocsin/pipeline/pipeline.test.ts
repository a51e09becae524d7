import { Problem } from '@tocsin/kernel/problem.ts';
import { damagedProblem } from '@tocsin/search/duckdb/damaged-day.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { BARRIER_EVERY_MS } from './pipeline.ts';
import { ACME, clientId, failedLogin, frameOf, RECEIVED_AT } from './testing/sample-log.ts';
import { TestHome } from './testing/test-home.ts';

const homes: TestHome[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await home.discard();
});

async function openHome(): Promise<TestHome> {
  const home = await TestHome.create();
  homes.push(home);
  await home.open();
  return home;
}

const bruteForce = (name: string, from = 0) =>
  frameOf(
    name,
    Array.from({ length: 10 }, (_, index) => failedLogin('ada', from + index)),
  );

describe('the pipeline', () => {
  it('stores every event, publishes the alert once, and moves the cursor at a barrier', async () => {
    const home = await openHome();
    home.log.push(bruteForce('one'), frameOf('two', ['not json at all', failedLogin('bob', 30)]));
    await home.take();
    expect(home.cursor).toBe(0);
    await home.pipeline.barrier();
    expect(home.cursor).toBe(2);
    expect(await home.rows(ACME)).toHaveLength(12);
    expect(home.counted).toMatchObject({ stored: 12, parseFailed: 1, duplicates: 0 });
    expect([...home.alerts.values()]).toMatchObject([
      { rule_id: 'failed-login-threshold', event_count: 10 },
    ]);
    expect(home.published).toHaveLength(1);
  });

  it('makes what it took durable by itself, at the latest after the time of a barrier', async () => {
    const home = await openHome();
    home.log.push(frameOf('one', [failedLogin('ada', 0)]));
    await home.take();
    await home.clock.advance(BARRIER_EVERY_MS);
    await home.pipeline.barrier();
    expect(home.cursor).toBe(1);
  });

  it('publishes an update that was held back once its second is over', async () => {
    const home = await openHome();
    home.log.push(bruteForce('one'), frameOf('two', [failedLogin('ada', 20)]));
    await home.take();
    expect(home.published.map((alert) => alert.event_count)).toEqual([10]);
    await home.clock.advance(1500);
    expect(home.published.map((alert) => alert.event_count)).toEqual([10, 11]);
  });

  it('stores an event of a client id once, also across a restart, and counts the rest', async () => {
    const home = await openHome();
    const event = (id: string) => failedLogin('ada', 0, { event_id: id });
    home.log.push(frameOf('one', [event(clientId(1)), event(clientId(1)), event(clientId(2))]));
    await home.take();
    await home.pipeline.barrier();
    await home.crash();
    await home.open();
    home.log.push(frameOf('two', [event(clientId(2).toUpperCase()), event(clientId(3))]));
    await home.take();
    await home.pipeline.barrier();
    const ids = (await home.rows(ACME)).map((row) => row['event_id']);
    expect(ids.sort()).toEqual([clientId(1), clientId(2), clientId(3)].sort());
    expect(home.counted).toMatchObject({ stored: 3, duplicates: 2 });
  });

  it('stores a request that came again under its idempotency key once, also across a restart', async () => {
    const home = await openHome();
    const derived = { ...bruteForce('x'), id: '5b6f2f0a-7a58-5c1e-9a53-2b9a9f1d7c11' };
    home.log.push(derived, derived);
    await home.take();
    await home.pipeline.barrier();
    await home.crash();
    await home.open();
    home.log.push(derived);
    await home.take();
    await home.pipeline.barrier();
    expect(await home.rows(ACME)).toHaveLength(10);
    expect(home.counted).toMatchObject({ stored: 10, duplicates: 20 });
    expect([...home.alerts.values()]).toMatchObject([{ event_count: 10 }]);
  });

  it('fills windows that were lost from old frames, storing and publishing nothing of them', async () => {
    const home = await openHome();
    const nine = frameOf(
      'nine',
      Array.from({ length: 9 }, (_, index) => failedLogin('ada', index)),
    );
    home.log.push(nine);
    await home.take();
    await home.pipeline.barrier();
    await home.crash();
    await home.loseWindows();
    await home.open();
    expect(home.windowsLost).toBe(true);
    home.log.push(frameOf('tenth', [failedLogin('ada', 20)]));
    await home.take(home.log.length, 1);
    await home.pipeline.barrier();
    expect(await home.rows(ACME)).toHaveLength(10);
    expect(home.published).toMatchObject([{ event_count: 10 }]);
  });

  it('publishes nothing of an alert again when its frames are replayed for lost windows', async () => {
    const home = await openHome();
    home.log.push(bruteForce('one'));
    await home.take();
    await home.pipeline.barrier();
    await home.crash();
    await home.loseWindows();
    await home.open();
    await home.take(home.log.length, 1);
    await home.pipeline.barrier();
    expect(home.published).toHaveLength(1);
  });

  it('goes on over a frame whose record in the event store is damaged: its events count again, nothing is stored twice', async () => {
    const home = await openHome();
    const nine = Array.from({ length: 9 }, (_, index) =>
      failedLogin('ada', index, { event_id: clientId(index) }),
    );
    home.log.push(frameOf('nine', nine));
    await home.take();
    await home.pipeline.barrier();
    await home.crash();
    await home.loseWindows();
    await home.open();
    let asked = 0;
    home.store.findFrameAt = () => {
      asked += 1;
      return Promise.reject(damagedProblem('events-2026-03-03.duckdb', new Error('checksum')));
    };
    home.log.push(frameOf('tenth', [failedLogin('ada', 20)]));
    await home.take(home.log.length, 1);
    await home.pipeline.barrier();
    expect(asked).toBe(1);
    expect(home.fatal).toEqual([]);
    expect(await home.rows(ACME)).toHaveLength(10);
    expect(home.published).toMatchObject([{ event_count: 10 }]);
  });

  it('passes a frame that the bus had lost: nothing is stored for it', async () => {
    const home = await openHome();
    home.log.push(frameOf('lost', [], { body: Buffer.alloc(0), contentType: 'text/plain' }));
    home.log.push(frameOf('two', [failedLogin('ada', 0)]));
    await home.take();
    await home.pipeline.barrier();
    expect(home.cursor).toBe(2);
    expect(await home.rows(ACME)).toHaveLength(1);
    home.log.push(frameOf('lost again', [], { body: Buffer.alloc(0), contentType: 'text/plain' }));
    await home.take();
    await home.pipeline.barrier();
    await home.crash();
    await home.open();
    // It is no frame that the store had and lost.
    expect(home.lacking(3)).toBe(false);
    expect(home.lacking(4)).toBe(true);
  });

  it('archives the lines of a day before it commits its rows, also when the next day begins', async () => {
    const home = await openHome();
    home.log.push(
      frameOf('today', [failedLogin('ada', 0)]),
      frameOf('tomorrow', [failedLogin('ada', 1)], { receivedAt: RECEIVED_AT + 86_400_000 }),
    );
    await home.take();
    await home.crash();
    await home.open();
    await home.take();
    await home.pipeline.barrier();
    const rows = await home.rows(ACME);
    expect(rows.map((row) => row['raw_ref'])).toEqual([
      failedLogin('ada', 1),
      failedLogin('ada', 0),
    ]);
  });

  it('never passes a frame that it failed to take: the process is to end', async () => {
    const home = await openHome();
    const broken = frameOf('broken', ['{}'], { contentType: 'application/x-ndjson' });
    home.log.push(frameOf('one', [failedLogin('ada', 0)]), broken, bruteForce('three'));
    await expect(home.take()).rejects.toThrow('invariant broken');
    const third = home.log[2];
    if (third !== undefined) await expect(home.takeOne(third, 3)).rejects.toThrow();
    await expect(home.pipeline.barrier()).rejects.toThrow();
    expect(home.cursor).toBe(0);
    expect(home.fatal.length).toBeGreaterThan(0);
  });

  it('refuses frames of a source out of order', async () => {
    const home = await openHome();
    home.log.push(bruteForce('one'), bruteForce('two'), bruteForce('three'));
    const [one, , three] = home.log;
    if (one === undefined || three === undefined) return;
    await home.takeOne(one, 1);
    await expect(home.takeOne(three, 3)).rejects.toThrow('in order and without gaps');
  });

  it('offers alerts again while the bus is full, and moves the cursor only when they are taken', async () => {
    const home = await openHome();
    let refusals = 3;
    const full = () => new Problem('too_many_requests', { retryAfterSeconds: 1 });
    home.refusePublish = () => (refusals-- > 0 ? full() : undefined);
    home.log.push(bruteForce('one'));
    await home.take();
    const barrier = home.pipeline.barrier();
    expect(home.cursor).toBe(0);
    await home.clock.advance(4000);
    await barrier;
    expect(home.cursor).toBe(1);
    expect(home.published).toHaveLength(1);
    expect(home.fatal).toEqual([]);
  });

  it('ends when the bus refuses alerts for good', async () => {
    const home = await openHome();
    home.refusePublish = () => new Problem('invalid_request');
    home.log.push(bruteForce('one'));
    await home.take();
    await expect(home.pipeline.barrier()).rejects.toMatchObject({ code: 'invalid_request' });
    expect(home.cursor).toBe(0);
    expect(home.fatal.length).toBeGreaterThan(0);
  });
});
