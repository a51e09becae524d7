import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { describe, expect, it } from 'vitest';
import { recordingAssignment } from '../testing/scored-alerts.ts';
import { BATCH_EVERY_MS, BATCHES_AT_ONCE, paced } from './paced-handler.ts';

describe('a paced handler', () => {
  it('takes batches at once until there are many', async () => {
    const { handler, handled } = bench();
    for (let count = 0; count < BATCHES_AT_ONCE; count += 1)
      await handler.handle([], recordingAssignment());
    expect(handled()).toBe(BATCHES_AT_ONCE);
  });

  it('handles the batch after that at once too, and only then waits', async () => {
    const { clock, handler, handled } = await flooded();
    let ended = false;
    const next = handler.handle([], recordingAssignment()).then(() => {
      ended = true;
    });
    await settled();
    expect(handled()).toBe(BATCHES_AT_ONCE + 1);
    expect(ended).toBe(false);
    clock.advance(BATCH_EVERY_MS);
    await next;
    expect(ended).toBe(true);
  });

  it('is as quick as before after a quiet time', async () => {
    const { clock, handler, handled } = await flooded();
    clock.advance(BATCHES_AT_ONCE * BATCH_EVERY_MS);
    for (let count = 0; count < BATCHES_AT_ONCE; count += 1)
      await handler.handle([], recordingAssignment());
    expect(handled()).toBe(2 * BATCHES_AT_ONCE);
  });

  it('does not wait for its pace when its ownership ends', async () => {
    const { handler } = await flooded();
    const ended = new AbortController();
    const next = handler.handle([], { ...recordingAssignment(), signal: ended.signal });
    ended.abort();
    await next;
  });

  it('passes a fault on', async () => {
    const fault = new Error('PostgreSQL is away');
    const handler = paced({ handle: () => Promise.reject(fault) }, new ManualClock(0));
    await expect(handler.handle([], recordingAssignment())).rejects.toBe(fault);
  });
});

function bench() {
  const clock = new ManualClock(0);
  let handled = 0;
  const handler = paced(
    {
      handle: async () => {
        handled += 1;
      },
    },
    clock,
  );
  return { clock, handler, handled: () => handled };
}

async function flooded() {
  const all = bench();
  for (let count = 0; count < BATCHES_AT_ONCE; count += 1)
    await all.handler.handle([], recordingAssignment());
  return all;
}

/** Lets everything run that waits for no clock. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
