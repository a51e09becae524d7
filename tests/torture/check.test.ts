import { describe, expect, it } from 'vitest';
import { check, type Seen, type StoredGroup, VICTIM_EVENTS } from './check.ts';
import { Ledger, type Outcome, type SourceKind } from './ledger.ts';

function ledgerOf(...groups: readonly [SourceKind, number, number, Outcome[], string?][]): Ledger {
  const ledger = new Ledger();
  for (const [kind, batch, attempt, outcomes, victim = ''] of groups) {
    const group = ledger.open({ kind, source: 0, batch, attempt, size: 100, victim });
    for (const outcome of outcomes) ledger.close(group, outcome, '', 0);
  }
  return ledger;
}

const whole = (first: number, members: Partial<StoredGroup> = {}): StoredGroup => ({
  rows: 100,
  events: 100,
  damaged: 0,
  first,
  last: first + 99,
  ...members,
});

function seen(stored: Record<string, StoredGroup>, rest: Partial<Seen> = {}): Seen {
  return { stored: new Map(Object.entries(stored)), alerts: [], cases: new Map(), ...rest };
}

describe('the checker', () => {
  it('finds nothing where everything is as it was promised', () => {
    const ledger = ledgerOf(
      ['keyed', 0, 0, ['unknown', 'acknowledged']],
      ['plain', 1, 0, ['unknown']],
      ['plain', 1, 1, ['acknowledged']],
      ['plain', 2, 0, ['refused']],
    );
    expect(check(ledger, seen({ '0/0/0': whole(0), '0/1/1': whole(200) }))).toEqual([]);
    // An outcome that nobody knew may be either.
    const both = seen({ '0/0/0': whole(0), '0/1/0': whole(300), '0/1/1': whole(200) });
    expect(check(ledger, both)).toEqual([]);
  });

  it.each([
    ['lost', ['acknowledged'], {}],
    ['lost', ['acknowledged'], { '0/0/0': whole(0, { rows: 99, events: 99 }) }],
    ['taken although refused', ['refused'], { '0/0/0': whole(0) }],
    ['twice', ['unknown', 'acknowledged'], { '0/0/0': whole(0, { rows: 200 }) }],
    ['changed', ['acknowledged'], { '0/0/0': whole(0, { damaged: 1 }) }],
    ['never sent', ['acknowledged'], { '0/0/0': whole(0), '0/9/0': whole(100) }],
  ] as [
    string,
    Outcome[],
    Record<string, StoredGroup>,
  ][])('finds what is %s', (fault, outcomes, stored) => {
    expect(check(ledgerOf(['keyed', 0, 0, outcomes]), seen(stored))).toEqual([
      expect.stringContaining(fault),
    ]);
  });

  it('finds batches of one source that are stored in another order than acknowledged', () => {
    const ledger = ledgerOf(['keyed', 0, 0, ['acknowledged']], ['keyed', 1, 0, ['acknowledged']]);
    expect(check(ledger, seen({ '0/0/0': whole(100), '0/1/0': whole(0) }))).toEqual([
      expect.stringContaining('out of order'),
    ]);
  });

  it.each([
    ['alerts of v: 0', [], 1],
    ['alerts of v: 2', [VICTIM_EVENTS, VICTIM_EVENTS], 1],
    ['counts 11', [VICTIM_EVENTS - 1], 1],
    ['cases of v: 2', [VICTIM_EVENTS], 2],
  ])('finds %s', (fault, counts, cases) => {
    const ledger = ledgerOf(['keyed', 0, 0, ['acknowledged'], 'v']);
    const rest = {
      alerts: counts.map((events) => ({ victim: 'v', events })),
      cases: new Map([['v', cases]]),
    };
    expect(check(ledger, seen({ '0/0/0': whole(0) }, rest))).toContainEqual(
      expect.stringContaining(fault),
    );
  });
});
