import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepWindow } from './step-window.ts';
import { PlainSequence } from './testing/plain-sequence.ts';
import type { WindowEvent, WindowRule, WindowState } from './window.ts';
import { WINDOW_ENTRIES_MAX, type WindowGroup } from './window-group.ts';
import { parseWindowRecord, windowRecord } from './window-record.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 1);
const STEPS = { A: 1, B: 2, C: 4, x: 0, D: 3 } as const;
type Letter = keyof typeof STEPS;

function ruleOf(pattern: string, more: Partial<WindowRule> = {}): WindowRule {
  const sequence = [...pattern].map((letter) => 'ABC'.indexOf(letter));
  return {
    id: 'r',
    windowMs: 10 * MINUTE,
    threshold: 1,
    latenessMs: 5 * MINUTE,
    sequence,
    ...more,
  };
}

/** Events a minute apart, one a letter; `D` meets both A and B. */
function letters(text: string, start = T0, prefix = 'e'): WindowEvent[] {
  return [...text].map((letter, index) => ({
    eventId: `${prefix}${index}`,
    at: start + index * MINUTE,
    weight: 1,
    steps: STEPS[letter as Letter],
  }));
}

function run(rule: WindowRule, events: readonly WindowEvent[], entriesMax = WINDOW_ENTRIES_MAX) {
  const results: WindowState[] = [];
  let group: WindowGroup | undefined;
  for (const event of events) {
    const step = stepWindow(rule, group, event, entriesMax);
    group = step.state;
    results.push(step.result);
  }
  return { results, group, opened: results.filter((result) => result.opened).length };
}

describe('stepWindow with a sequence', () => {
  it.each([
    ['AB', 'AB', 1],
    ['AB', 'BA', 0],
    ['AB', 'A', 0],
    ['AB', 'B', 0],
    ['AB', 'AxxxxB', 1],
    ['AB', 'AxxxxxxxxxB', 0],
    ['AB', 'AxxxxxxxxB', 1],
    ['AB', 'AAAAAAAAAAAAAAAAB', 1],
    ['ABC', 'ABC', 1],
    ['ABC', 'ACB', 0],
    ['ABC', 'ACBC', 1],
    ['AAAB', 'AAB', 0],
    ['AAAB', 'AAAB', 1],
    ['AAAB', 'AABAB', 1],
    ['AB', 'D', 0],
    ['AB', 'DD', 1],
    ['AA', 'A', 0],
    ['AA', 'AA', 1],
    ['ABA', 'ABA', 1],
  ])('that waits for %s sees %s and opens %i', (pattern, text, opened) => {
    expect(run(ruleOf(pattern), letters(text)).opened).toBe(opened);
  });

  it('names the events of all steps in the window, and the one that made it whole as the opener', () => {
    const { results } = run(ruleOf('AB'), letters('AABx'));
    expect(results[2]?.episode).toMatchObject({
      openedBy: 'e2',
      count: 3,
      firstAt: T0,
      lastAt: T0 + 2 * MINUTE,
      eventIds: ['e0', 'e1', 'e2'],
    });
    expect(results[3]).toMatchObject({ episode: undefined, opened: false });
  });

  it('fires when the steps arrive in the wrong order but happened in the right one', () => {
    const { results, opened } = run(ruleOf('ABC'), letters('ABC').reverse());
    expect(opened).toBe(1);
    expect(results[2]?.episode).toMatchObject({ openedBy: 'e0', count: 3, firstAt: T0 });
  });

  it('does not count a step that comes later than the bound', () => {
    const rule = ruleOf('AB', { latenessMs: MINUTE });
    const [first, , second, third] = letters('AxBB');
    if (first === undefined || second === undefined || third === undefined) return;
    const { results, opened } = run(rule, [third, first, second]);
    expect(results.map((result) => result.outcome)).toEqual(['counted', 'late', 'counted']);
    expect(opened).toBe(0);
  });

  it('counts an event once, however often it comes', () => {
    const [a] = letters('A');
    if (a === undefined) return;
    expect(run(ruleOf('AA'), [a, a, a]).opened).toBe(0);
  });

  it('joins a further whole sequence to the open episode', () => {
    const { opened, results } = run(ruleOf('AB'), letters('ABAB'));
    expect(opened).toBe(1);
    expect(results[3]?.episode).toMatchObject({ openedBy: 'e1', count: 4 });
  });

  it('is armed again after a window without a whole sequence, whatever single steps came meanwhile', () => {
    const { opened } = run(ruleOf('AB'), letters(`AB${'B'.repeat(15)}AB`));
    expect(opened).toBe(2);
  });

  it('gives up at the limit what no later event needs, and counts it', () => {
    const events = letters(`AB${'A'.repeat(5)}`, T0).concat(
      Array.from({ length: 2000 }, (_, index) => ({
        eventId: `f${index}`,
        at: T0 + 7 * MINUTE + index,
        weight: 1,
        steps: STEPS.A,
      })),
      [{ eventId: 'end', at: T0 + 8 * MINUTE, weight: 1, steps: STEPS.C }],
    );
    const { results, group, opened } = run(ruleOf('ABC'), events);
    expect(group?.entries.length).toBeLessThanOrEqual(WINDOW_ENTRIES_MAX);
    expect(opened).toBe(1);
    const dropped = results.reduce((sum, result) => sum + (result.dropped ?? 0), 0);
    const counted = results.at(-1)?.episode?.count ?? 0;
    expect(dropped + counted).toBe(events.length);
  });

  it('goes on from a record as if nothing had happened', () => {
    const rule = ruleOf('AAB');
    const before = run(rule, letters('AA')).group;
    if (before === undefined) return;
    const again = parseWindowRecord(JSON.parse(JSON.stringify(windowRecord(before))));
    expect(again).toEqual(before);
    const [, , last] = letters('AAB');
    if (last === undefined) return;
    expect(stepWindow(rule, again, last).result.opened).toBe(true);
  });

  it('does not take a record whose steps are not one for each entry', () => {
    const record = windowRecord(run(ruleOf('AB'), letters('AA')).group ?? never());
    expect(parseWindowRecord([...record.slice(0, 5), [1]])).toBeUndefined();
    expect(parseWindowRecord([...record.slice(0, 5), ['a', 1]])).toBeUndefined();
    expect(parseWindowRecord([...record, 1])).toBeUndefined();
  });
});

describe('sequences and the plain evaluator', () => {
  const pattern = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 4 });
  const event = fc.record({
    eventId: fc.integer({ min: 0, max: 60 }).map((id) => `e${id}`),
    at: fc.integer({ min: 0, max: 120 }),
    steps: fc.integer({ min: 1, max: 7 }),
  });

  it('agree on every event of any stream', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 60 }),
        fc.array(event, { maxLength: 40 }),
        (sequence, windowMs, latenessMs, stream) => {
          const rule = { id: 'r', windowMs, threshold: 1, latenessMs, sequence };
          const plain = new PlainSequence(rule, sequence);
          let group: WindowGroup | undefined;
          for (const one of stream) {
            const step = stepWindow(rule, group, { ...one, weight: 1 });
            group = step.state;
            const { outcome, opened, episode } = step.result;
            const changed = outcome === 'counted' ? (episode?.eventIds ?? []) : [];
            expect({ outcome, opened, episodeIds: [...changed].sort() }).toEqual(
              plain.add({ ...one, weight: 1 }),
            );
          }
        },
      ),
      { numRuns: 1000, seed: 20260611 },
    );
  });

  it('open the same episodes for events in order although only a few entries are kept', () => {
    const stream = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 7 })),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(pattern, fc.integer({ min: 1, max: 60 }), stream, (sequence, windowMs, moves) => {
        const rule = { id: 'r', windowMs, threshold: 1, latenessMs: 0, sequence };
        const plain = new PlainSequence(rule, sequence);
        let group: WindowGroup | undefined;
        let at = 0;
        for (const [index, [gap, steps]] of moves.entries()) {
          at += gap;
          const one = { eventId: `e${index}`, at, weight: 1, steps };
          const step = stepWindow(rule, group, one, 12);
          group = step.state;
          expect(group.entries.length).toBeLessThanOrEqual(12);
          expect(step.result.opened).toBe(plain.add(one).opened);
        }
      }),
      { numRuns: 1000, seed: 20260612 },
    );
  });
});

function never(): never {
  throw new Error('unreachable');
}
