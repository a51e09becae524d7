import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ledger, type Range } from './ledger.ts';

describe('ledger of acknowledged pieces', () => {
  it('moves the done place only up to the first open piece', () => {
    const ledger = new Ledger();
    const pieces: Range[] = [
      [0, 10],
      [10, 20],
      [20, 30],
    ];
    for (const piece of pieces) ledger.send(piece);
    const [first, second, third] = pieces as [Range, Range, Range];
    ledger.acknowledge(third);
    expect(ledger.done).toBe(0);
    expect(ledger.has(20, 30)).toBe(true);
    ledger.acknowledge(first);
    expect(ledger.done).toBe(10);
    expect(ledger.has(10, 20)).toBe(false);
    ledger.acknowledge(second);
    expect([ledger.done, ledger.ahead]).toEqual([30, []]);
  });

  it('knows exactly the acknowledged pieces, whatever the order of answers and wherever it is interrupted', () => {
    const plan = fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 }),
      picks: fc.array(fc.nat(), { maxLength: 40 }),
    });
    fc.assert(
      fc.property(plan, ({ sizes, picks }) => {
        const ledger = new Ledger();
        let place = 0;
        const open: Range[] = [];
        const acknowledged: Range[] = [];
        for (const size of sizes) {
          const range: Range = [place, place + size];
          place += size;
          ledger.send(range);
          open.push(range);
        }
        for (const pick of picks) {
          const [range] = open.splice(pick % Math.max(1, open.length), 1);
          if (range === undefined) break;
          ledger.acknowledge(range);
          acknowledged.push(range);
        }
        const resumed = new Ledger(ledger.done, ledger.ahead);
        for (const [start, end] of acknowledged) expect(resumed.has(start, end)).toBe(true);
        for (const [start, end] of open) expect(resumed.has(start, end)).toBe(false);
      }),
    );
  });
});
