import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepWindow } from './step-window.ts';
import { LATENESS_MS, suppressionRule } from './suppression.ts';
import { PlainWindow } from './testing/plain-window.ts';
import {
  EPISODE_EVENT_IDS_MAX,
  type WindowEvent,
  type WindowRule,
  type WindowState,
} from './window.ts';
import { WINDOW_ENTRIES_MAX, type WindowGroup } from './window-group.ts';

const FIVE_MINUTES = 300_000;
const T0 = Date.UTC(2026, 0, 1);
const failedLogin: WindowRule = {
  id: 'failed-login',
  windowMs: FIVE_MINUTES,
  threshold: 10,
  latenessMs: LATENESS_MS,
};

function run(rule: WindowRule, events: readonly WindowEvent[], entriesMax?: number) {
  const results: WindowState[] = [];
  let group: WindowGroup | undefined;
  for (const event of events) {
    const step = stepWindow(rule, group, event, entriesMax);
    group = step.state;
    results.push(step.result);
  }
  return { results, group, opened: results.filter((result) => result.opened).length };
}

function burst(count: number, start: number, spacingMs: number, prefix = 'e'): WindowEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    eventId: `${prefix}${index}`,
    at: start + index * spacingMs,
    weight: 1,
  }));
}

describe('stepWindow with ten failures in five minutes', () => {
  it('opens no episode at nine and one at ten (N-06)', () => {
    expect(run(failedLogin, burst(9, T0, 1000)).opened).toBe(0);
    const ten = run(failedLogin, burst(10, T0, 1000));
    expect(ten.opened).toBe(1);
    expect(ten.results[9]?.opened).toBe(true);
  });

  it('counts ten failures as exactly ten: no phantom event', () => {
    const episode = run(failedLogin, burst(10, T0, 1000)).results[9]?.episode;
    expect(episode).toMatchObject({
      openedBy: 'e9',
      revision: 10,
      count: 10,
      total: 10,
      firstAt: T0,
      lastAt: T0 + 9000,
    });
    expect(episode?.eventIds).toHaveLength(10);
  });

  it('leaves an event exactly 300 s old outside the window and one of 299.999 s inside (N-06)', () => {
    const nine = burst(9, T0, 0);
    const edge = { eventId: 'edge', weight: 1 };
    expect(run(failedLogin, [...nine, { ...edge, at: T0 + FIVE_MINUTES }]).opened).toBe(0);
    expect(run(failedLogin, [...nine, { ...edge, at: T0 + FIVE_MINUTES - 1 }]).opened).toBe(1);
  });

  it('fires on one event that stands for ten (Resolution 14)', () => {
    const one = run(failedLogin, [{ eventId: 'sum', at: T0, weight: 10 }]);
    expect(one.results[0]).toMatchObject({ opened: true, count: 1, total: 10 });
    expect(one.results[0]?.episode).toMatchObject({ revision: 1, count: 1, total: 10 });
  });

  it('adds events that stand for several to events that stand for one', () => {
    const events = [...burst(4, T0, 1000), { eventId: 'five', at: T0 + 5000, weight: 5 }];
    expect(run(failedLogin, events).opened).toBe(0);
    expect(run(failedLogin, [...events, { eventId: 'x', at: T0 + 6000, weight: 1 }]).opened).toBe(
      1,
    );
  });

  it('counts ten deliveries of one event once', () => {
    const { results, opened } = run(
      failedLogin,
      Array(10).fill({ eventId: 'same', at: T0, weight: 1 }),
    );
    expect(opened).toBe(0);
    expect(results.at(-1)).toMatchObject({ outcome: 'repeated', count: 1 });
  });

  it('gives a repeated event the same episode', () => {
    const events = burst(10, T0, 1000);
    const { results } = run(failedLogin, [...events, events[3] ?? events[0] ?? fail()]);
    expect(results[10]?.outcome).toBe('repeated');
    expect(results[10]?.episode).toEqual(results[9]?.episode);
  });

  it('counts a repeat whose time changed once: the id decides', () => {
    const events = [...burst(9, T0, 1000), { eventId: 'e0', at: T0 + 9000, weight: 1 }];
    expect(run(failedLogin, events).opened).toBe(0);
  });

  it('opens nothing for events hours apart that arrive together', () => {
    expect(run(failedLogin, burst(10, T0, 3_600_000)).opened).toBe(0);
  });

  it('goes on in one episode while failures go on', () => {
    const { results, opened } = run(failedLogin, burst(50, T0, 60_000 / 2));
    expect(opened).toBe(1);
    expect(results.at(-1)?.episode).toMatchObject({ count: 50, revision: 50 });
  });

  it('opens a second episode for a second burst after the window', () => {
    const second = T0 + 9000 + FIVE_MINUTES + 1;
    const { results, opened } = run(failedLogin, [
      ...burst(10, T0, 1000),
      ...burst(10, second, 1000, 'f'),
    ]);
    expect(opened).toBe(2);
    expect(results.at(-1)?.episode).toMatchObject({ openedBy: 'f9', count: 10, firstAt: second });
  });

  it('stays open at exactly the window after its last event and is armed again 1 ms later', () => {
    const last = T0 + 9000;
    const at = (time: number) =>
      run(failedLogin, [...burst(10, T0, 1000), { eventId: 'x', at: time, weight: 1 }]).results.at(
        -1,
      );
    expect(at(last + FIVE_MINUTES)?.episode?.count).toBe(11);
    expect(at(last + FIVE_MINUTES + 1)).toMatchObject({
      episode: undefined,
      opened: false,
      count: 1,
    });
  });

  it('does not count into an episode what lies before its window', () => {
    const events = [{ eventId: 'old', at: T0 - FIVE_MINUTES, weight: 1 }, ...burst(10, T0, 1000)];
    const last = run(failedLogin, events).results.at(-1);
    expect(last?.episode).toMatchObject({ count: 10, firstAt: T0 });
  });

  it('names at most 100 events of an episode and counts them all', () => {
    const episode = run(failedLogin, burst(500, T0, 100)).results.at(-1)?.episode;
    expect(episode?.eventIds).toHaveLength(EPISODE_EVENT_IDS_MAX);
    expect(episode).toMatchObject({ count: 500, total: 500 });
  });

  it('keeps the distinct labels of the counted events in order', () => {
    const events = burst(12, T0, 1000).map((event, index) => ({
      ...event,
      labels: ['user=ann', `src_ip=10.0.0.${index % 3}`],
    }));
    expect(run(failedLogin, events).results.at(-1)?.episode?.labels).toEqual([
      'user=ann',
      'src_ip=10.0.0.0',
      'src_ip=10.0.0.1',
      'src_ip=10.0.0.2',
    ]);
  });
});

describe('stepWindow with events out of order', () => {
  it('fires when the ten come in reverse order', () => {
    const { results, opened } = run(failedLogin, burst(10, T0, 1000).reverse());
    expect(opened).toBe(1);
    expect(results.at(-1)?.episode).toMatchObject({ count: 10, firstAt: T0, lastAt: T0 + 9000 });
  });

  it('counts an event late by exactly the bound and reports one 1 ms later', () => {
    const nine = burst(9, T0, 0);
    const fresh = { eventId: 'fresh', at: T0 + LATENESS_MS, weight: 1 };
    const lateBy = (ms: number) => ({ eventId: 'late', at: fresh.at - ms, weight: 1 });
    const counted = run(failedLogin, [...nine, fresh, lateBy(LATENESS_MS)]);
    expect(counted.results.at(-1)).toMatchObject({ outcome: 'counted', opened: true, count: 10 });
    const late = run(failedLogin, [...nine, fresh, lateBy(LATENESS_MS + 1)]);
    expect(late.results.at(-1)).toMatchObject({ outcome: 'late', opened: false, count: 0 });
    expect(late.opened).toBe(0);
  });

  it('joins an earlier burst that comes after a later one to its episode', () => {
    const short = { ...failedLogin, windowMs: 10_000 };
    const { results, opened } = run(short, [
      ...burst(10, T0 + 100_000, 10, 'b'),
      ...burst(10, T0, 10, 'a'),
    ]);
    expect(opened).toBe(1);
    expect(results.at(-1)?.episode).toMatchObject({ count: 20, firstAt: T0 });
  });

  it('does not change a state it was given', () => {
    const { group } = run(failedLogin, burst(12, T0, 1000));
    const copy = structuredClone(group);
    stepWindow(failedLogin, group, { eventId: 'next', at: T0 + 13_000, weight: 3 });
    expect(group).toEqual(copy);
  });
});

describe('suppression of a rule without a window', () => {
  const rule = suppressionRule('match');

  it('opens with the first match and takes further ones for an hour after the last', () => {
    const { results, opened } = run(rule, burst(3, T0, 3_600_000));
    expect(opened).toBe(1);
    expect(results.map((result) => result.episode?.revision)).toEqual([1, 2, 3]);
  });

  it('opens again after a quiet hour', () => {
    expect(run(rule, burst(3, T0, 3_600_001)).opened).toBe(3);
  });

  it('never misses a single match that comes after a newer one within the hour', () => {
    const { results, opened } = run(rule, [
      { eventId: 'new', at: T0 + 3_000_000, weight: 1 },
      { eventId: 'old', at: T0, weight: 1 },
    ]);
    expect(opened).toBe(1);
    expect(results[1]).toMatchObject({ outcome: 'counted', episode: { count: 2 } });
  });
});

describe('stepWindow at its limit of entries', () => {
  it('keeps at most the limit and counts exactly all the same', () => {
    const { group, results } = run(failedLogin, burst(5000, T0, 10));
    expect(group?.entries.length).toBeLessThanOrEqual(WINDOW_ENTRIES_MAX);
    expect(results.at(-1)?.episode).toMatchObject({ count: 5000, total: 5000 });
  });

  it('never misses a sum that is reached by more events than the limit', () => {
    const sum = { ...failedLogin, threshold: 3000 };
    const { results, opened } = run(sum, burst(3000, T0, 90), 64);
    expect(opened).toBe(1);
    expect(results.at(-1)).toMatchObject({ opened: true, count: 3000, total: 3000 });
  });

  it('opens for events in order no later than the plain evaluator', () => {
    const gaps = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 4 })),
      {
        minLength: 20,
        maxLength: 120,
      },
    );
    fc.assert(
      fc.property(gaps, fc.integer({ min: 20, max: 80 }), (steps, threshold) => {
        const rule = { id: 'r', windowMs: 60, threshold, latenessMs: 20 };
        const plain = new PlainWindow(rule);
        let group: WindowGroup | undefined;
        let at = 0;
        let opened = false;
        for (const [index, [gap, weight]] of steps.entries()) {
          at += gap;
          const event = { eventId: `e${index}`, at, weight };
          const step = stepWindow(rule, group, event, 16);
          group = step.state;
          opened ||= step.result.opened;
          if (plain.add(event).opened) expect(opened).toBe(true);
        }
      }),
    );
  });

  it('is wrong about time by no more than the stated sliver', () => {
    const entriesMax = 64;
    const sum = { ...failedLogin, threshold: 1_000_000 };
    const spacing = 90;
    const sliver = (8 * (sum.windowMs + sum.latenessMs)) / entriesMax;
    for (const [index, result] of run(
      sum,
      burst(20_000, T0, spacing),
      entriesMax,
    ).results.entries()) {
      const exact = Math.min(index + 1, Math.ceil(sum.windowMs / spacing));
      expect(result.count).toBeGreaterThanOrEqual(exact);
      expect(result.count).toBeLessThanOrEqual(exact + Math.ceil(sliver / spacing));
    }
  });
});

describe('stepWindow and the plain evaluator', () => {
  const rules = fc.record({
    id: fc.constant('r'),
    windowMs: fc.integer({ min: 1, max: 40 }),
    threshold: fc.integer({ min: 1, max: 8 }),
    latenessMs: fc.integer({ min: 0, max: 60 }),
  });
  const events = fc.array(
    fc.record({
      eventId: fc.integer({ min: 0, max: 60 }).map((id) => `e${id}`),
      at: fc.integer({ min: 0, max: 150 }),
      weight: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 60 },
  );

  it('agree on every event of any sequence', () => {
    fc.assert(
      fc.property(rules, events, (rule, sequence) => {
        const plain = new PlainWindow(rule);
        let group: WindowGroup | undefined;
        for (const event of sequence) {
          const step = stepWindow(rule, group, event);
          group = step.state;
          const { outcome, count, total, opened, episode } = step.result;
          expect({
            outcome,
            count,
            total,
            opened,
            openedBy: episode?.openedBy,
            episodeIds: [...(episode?.eventIds ?? [])].sort(),
            episodeTotal: episode?.total ?? 0,
          }).toEqual(plain.add(event));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('agree on sequences in order with a little reordering and many repeats', () => {
    const steps = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 20 }), fc.boolean()),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(rules, steps, (rule, moves) => {
        const plain = new PlainWindow(rule);
        let group: WindowGroup | undefined;
        let now = 100;
        for (const [index, [ahead, back, repeat]] of moves.entries()) {
          now += ahead;
          const eventId = `e${repeat ? Math.floor(index / 2) : index}`;
          const event = { eventId, at: now - back, weight: 1 };
          const step = stepWindow(rule, group, event);
          group = step.state;
          const expected = plain.add(event);
          expect(step.result.outcome).toBe(expected.outcome);
          expect(step.result.opened).toBe(expected.opened);
          expect(step.result.episode?.count ?? 0).toBe(expected.episodeIds.length);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('fire on one order of events exactly when they fire on any other within the lateness', () => {
    const set = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rules, set, fc.integer(), (anyRule, times, seed) => {
        const rule = { ...anyRule, latenessMs: 100 };
        const inOrder = times
          .map((at, index) => ({ eventId: `e${index}`, at, weight: 1 }))
          .sort((a, b) => a.at - b.at);
        const shuffled = [...inOrder].sort(
          (a, b) => hash(`${seed}${a.eventId}`) - hash(`${seed}${b.eventId}`),
        );
        expect(run(rule, shuffled).opened > 0).toBe(run(rule, inOrder).opened > 0);
      }),
      { numRuns: 1000 },
    );
  });
});

function hash(text: string): number {
  return (
    [...text].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 0x01000193), 7) >>> 0
  );
}

function fail(): never {
  throw new Error('the sample is empty');
}
