import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairShare } from './fair-share.ts';
import { FairSlots, type ReleaseSlot } from './fair-slots.ts';

describe('FairShare', () => {
  it('leaves room for others when one takes all it gets', () => {
    const share = new FairShare(90, 2);
    let taken = 0;
    while (share.take('flood', 1)) taken += 1;
    expect(taken).toBe(60);
    expect(share.take('other', 30)).toBe(true);
  });

  it('gives whoever holds nothing whatever is free', () => {
    const share = new FairShare(100, 1);
    expect(share.take('flood', 100)).toBe(true);
    share.giveBack('flood', 100);
    expect(share.take('flood', 40)).toBe(true);
    expect(share.take('other', 60)).toBe(true);
    expect(share.take('third', 1)).toBe(false);
  });

  it('never gives more than there is, and refuses an empty hand only what does not fit', () => {
    const step = fc.record({
      subject: fc.constantFrom('a', 'b', 'c'),
      amount: fc.integer({ min: 1, max: 60 }),
      back: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const share = new FairShare(100, 2);
        const held: Record<string, number[]> = { a: [], b: [], c: [] };
        for (const { subject, amount, back } of steps) {
          const mine = held[subject] ?? [];
          const last = back ? mine.pop() : undefined;
          if (last !== undefined) share.giveBack(subject, last);
          const free = 100 - share.total;
          const taken = share.take(subject, amount);
          if (taken) mine.push(amount);
          else if (mine.length === 0) expect(amount).toBeGreaterThan(free);
          const total = Object.values(held).flat();
          expect(share.total).toBe(total.reduce((sum, one) => sum + one, 0));
          expect(share.total).toBeLessThanOrEqual(100);
        }
      }),
    );
  });
});

describe('FairSlots', () => {
  it('serves who waits in turn, each in order, and never more than it has', async () => {
    const slots = new FairSlots(2);
    const order: string[] = [];
    const releases: ReleaseSlot[] = [];
    const work = async (subject: string, name: string): Promise<void> => {
      const release = await slots.take(subject);
      order.push(name);
      releases.push(release);
    };
    const all = [
      ...[1, 2, 3, 4].map((number) => work('flood', `flood-${number}`)),
      work('other', 'other-1'),
      work('third', 'third-1'),
    ];
    await settle();
    expect(order).toEqual(['flood-1', 'other-1']);
    expect(slots.waiting).toBe(4);
    while (releases.length > 0) {
      releases.shift()?.();
      await settle();
    }
    await Promise.all(all);
    expect(order.indexOf('third-1')).toBeLessThan(order.indexOf('flood-3'));
    expect(order.filter((name) => name.startsWith('flood'))).toEqual([
      'flood-1',
      'flood-2',
      'flood-3',
      'flood-4',
    ]);
    expect(slots.waiting).toBe(0);
  });

  it('leaves half of the slots to others', async () => {
    const slots = new FairSlots(8);
    let held = 0;
    for (let number = 0; number < 20; number += 1) void slots.take('flood').then(() => held++);
    await settle();
    expect(held).toBe(4);
    const release = await slots.take('other');
    release();
    release();
    await settle();
    expect(held).toBe(4);
  });
});

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
