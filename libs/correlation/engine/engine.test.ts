import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlainEvent, PlainSliding, plainClosings } from '../testing/plain-correlation.ts';
import type { CorrelationEvent, CorrelationResult } from './correlation-event.ts';
import { CorrelationEngine } from './engine.ts';
import type { Bound, CorrelationPlan, MeasureSpec } from './plan.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';

const INPUTS = 3;

function plan(measure: MeasureSpec, bounds: readonly Bound[], spanMs = 10): CorrelationPlan {
  const needsValue = !['events', 'inputs', 'pattern'].includes(measure.kind);
  return {
    key: 'plan',
    inputs: Array.from({ length: INPUTS }, (_, input) => ({
      source: `rule${input}`,
      groupFields: ['group'],
      valueFields: needsValue ? ['value'] : [],
      carriedFields: [],
    })),
    groupBy: ['group'],
    carried: [],
    spanMs,
    measure,
    bounds,
    expectedGroups: [],
  };
}

function eventOf(event: PlainEvent): [CorrelationEvent, string[]] {
  const fields = new Map([
    ['group', event.group],
    ['value', event.value],
  ]);
  const { id, at, inputs } = event;
  return [{ id, at, text: (field) => fields.get(field) }, inputs.map((input) => `rule${input}`)];
}

function found({ at, value, memberIds, values }: CorrelationResult) {
  return { group: values['group'] ?? '', at, value, ids: [...memberIds].sort() };
}

const STEPS: MeasureSpec[] = [
  { kind: 'pattern', ordered: true, alternatives: [{ steps: [0, 1, 2], absent: [] }] },
  { kind: 'pattern', ordered: true, alternatives: [{ steps: [0, 0, 1], absent: [] }] },
  {
    kind: 'pattern',
    ordered: true,
    alternatives: [
      { steps: [2, 0], absent: [] },
      { steps: [1, 2], absent: [] },
    ],
  },
  {
    kind: 'pattern',
    ordered: false,
    alternatives: [
      { steps: [0, 1], absent: [] },
      { steps: [2, 1], absent: [] },
    ],
  },
];
const ABSENCES: MeasureSpec[] = [
  { kind: 'pattern', ordered: false, alternatives: [{ steps: [0], absent: [1] }] },
  { kind: 'pattern', ordered: true, alternatives: [{ steps: [0, 2], absent: [1] }] },
];
const NUMERIC: MeasureSpec[] = [
  { kind: 'events' },
  { kind: 'distinct' },
  { kind: 'sum' },
  { kind: 'average' },
  { kind: 'median' },
  { kind: 'percentile', percent: 50 },
  { kind: 'percentile', percent: 95 },
  { kind: 'inputs' },
];
const isMet: Bound[] = [{ operator: 'gte', value: 1 }];
const limit = fc.integer({ min: 0, max: 6 });
const arriving = fc.oneof(
  fc.record({
    measure: fc.constantFrom(...NUMERIC),
    bounds: fc
      .tuple(fc.constantFrom('gt' as const, 'gte' as const), limit)
      .map(([operator, value]) => [{ operator, value }]),
  }),
  fc.record({ measure: fc.constantFrom(...STEPS), bounds: fc.constant(isMet) }),
);
const closing = fc.oneof(
  fc.record({
    measure: fc.constantFrom(...NUMERIC),
    bounds: fc.oneof(
      fc
        .tuple(fc.constantFrom('lt' as const, 'lte' as const, 'eq' as const, 'neq' as const), limit)
        .map(([operator, value]) => [{ operator, value }]),
      fc.tuple(limit, limit).map(([low, high]): Bound[] => [
        { operator: 'gte', value: low },
        { operator: 'lte', value: low + high },
      ]),
    ),
  }),
  fc.record({ measure: fc.constantFrom(...ABSENCES), bounds: fc.constant(isMet) }),
);
const moves = fc.array(
  fc.record({
    ahead: fc.integer({ min: 0, max: 6 }),
    back: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 14 })),
    inputs: fc.uniqueArray(fc.integer({ min: 0, max: INPUTS - 1 }), { minLength: 1 }),
    group: fc.constantFrom('a', 'b'),
    value: fc.constantFrom('-2', '0', '1', '1.5', '2', '4'),
    repeats: fc.boolean(),
  }),
  { maxLength: 60 },
);

function eventsOf(
  steps: readonly (typeof moves extends fc.Arbitrary<(infer Item)[]> ? Item : never)[],
  canRepeat: boolean,
): PlainEvent[] {
  let now = 1000;
  let before: PlainEvent | undefined;
  return steps.map(({ ahead, back, repeats, ...event }, index) => {
    now += ahead;
    const again = canRepeat && repeats ? before : undefined;
    const next: PlainEvent = again ?? { ...event, id: `e${index}`, at: now - back };
    before = next;
    return next;
  });
}

describe('CorrelationEngine and its plain twin', () => {
  it('find the same as members come, in any order, with repeats', () => {
    fc.assert(
      fc.property(arriving, moves, fc.integer({ min: 0, max: 12 }), (spec, steps, latenessMs) => {
        const correlation = plan(spec.measure, spec.bounds);
        const engine = new CorrelationEngine([correlation], { latenessMs });
        const twin = new PlainSliding(correlation, latenessMs);
        for (const event of eventsOf(steps, true)) {
          const expected = twin.add(event);
          const results = engine.add(...eventOf(event)).map(found);
          expect(results).toEqual(expected === undefined ? [] : [expected]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('find the same when windows end', () => {
    fc.assert(
      fc.property(
        closing,
        moves,
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 200 }),
        (spec, steps, latenessMs, rest) => {
          const correlation = plan(spec.measure, spec.bounds);
          const engine = new CorrelationEngine([correlation], { latenessMs });
          const events = eventsOf(steps, false);
          const results = events.flatMap((event) => engine.add(...eventOf(event)).map(found));
          const now = Math.max(1000, ...events.map(({ at }) => at)) + rest;
          results.push(...engine.advance(now).map(found));
          const inOrder = (list: readonly unknown[]) =>
            list.map((one) => JSON.stringify(one)).sort();
          expect(inOrder(results)).toEqual(
            inOrder(plainClosings(correlation, latenessMs, events, now)),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('go on the same from a snapshot in JSON', () => {
    fc.assert(
      fc.property(fc.oneof(arriving, closing), moves, fc.nat(60), (spec, steps, cut) => {
        const correlation = plan(spec.measure, spec.bounds);
        const whole = new CorrelationEngine([correlation], { latenessMs: 5 });
        let stopped = new CorrelationEngine([correlation], { latenessMs: 5 });
        for (const [index, event] of eventsOf(steps, true).entries()) {
          if (index === cut) {
            const text = JSON.stringify(takeSnapshot(stopped));
            stopped = new CorrelationEngine([correlation], { latenessMs: 5 });
            expect(restoreSnapshot(stopped, JSON.parse(text))).toBe(0);
          }
          expect(stopped.add(...eventOf(event))).toEqual(whole.add(...eventOf(event)));
        }
        expect(stopped.advance(5000)).toEqual(whole.advance(5000));
        expect(stopped.members).toBe(whole.members);
      }),
      { numRuns: 500 },
    );
  });
});

function event(at: number, inputs: readonly number[] = [0], group = 'a', value = '1'): PlainEvent {
  return { id: `${at}-${inputs.join()}-${group}-${value}`, at, inputs, group, value };
}

function run(engine: CorrelationEngine, events: readonly PlainEvent[]): CorrelationResult[] {
  return events.flatMap((one) => engine.add(...eventOf(one)));
}

describe('CorrelationEngine', () => {
  const three = plan({ kind: 'events' }, [{ operator: 'gte', value: 3 }]);
  const parts = { latenessMs: 0 };

  it('leaves an event exactly a span old outside the window and one a millisecond younger inside', () => {
    expect(
      run(
        new CorrelationEngine([three], parts),
        [0, 5, 10].map((at) => event(at)),
      ),
    ).toEqual([]);
    expect(
      run(
        new CorrelationEngine([three], parts),
        [1, 5, 10].map((at) => event(at)),
      ),
    ).toHaveLength(1);
  });

  it('gives a result the time of its last member and the values of its group', () => {
    const [result] = run(new CorrelationEngine([three], parts), [event(1), event(2), event(3)]);
    expect(result).toMatchObject({
      plan: 'plan',
      at: 3,
      firstAt: 1,
      value: 3,
      count: 3,
      values: { group: 'a' },
    });
  });

  it('says once that a group fell silent, for each of ten spans, and no longer', () => {
    const silent = plan({ kind: 'events' }, [{ operator: 'eq', value: 0 }]);
    const engine = new CorrelationEngine([silent], parts);
    run(engine, [event(0)]);
    expect(engine.advance(1000).map(({ at }) => at)).toEqual([19, 29, 39, 49, 59, 69, 79, 89, 99]);
    expect(engine.groups).toBe(0);
  });

  it('says that an expected group was never seen, for as long as it is not', () => {
    const silent = plan({ kind: 'events' }, [{ operator: 'lt', value: 1 }]);
    const engine = new CorrelationEngine([{ ...silent, expectedGroups: [['host1']] }], parts);
    run(engine, [event(0)]);
    const results = engine.advance(200).filter(({ values }) => values['group'] === 'host1');
    expect(results).toHaveLength(20);
  });

  it('skips and counts an event without a value for its group, or without the value that is counted', () => {
    const engine = new CorrelationEngine(
      [plan({ kind: 'sum' }, [{ operator: 'gt', value: 1 }])],
      parts,
    );
    engine.add({ id: '1', at: 1, text: () => undefined }, ['rule0']);
    engine.add({ id: '2', at: 2, text: (field) => (field === 'group' ? 'a' : 'many') }, ['rule0']);
    expect(engine.counts).toMatchObject({ withoutGroup: 1, withoutValue: 1 });
    expect(engine.groups).toBe(0);
  });

  it('feeds what one plan finds to the next, up to eight deep', () => {
    const chain = (depth: number): CorrelationPlan[] =>
      Array.from({ length: depth }, (_, index) => ({
        ...plan({ kind: 'events' }, [{ operator: 'gte', value: 1 }]),
        key: `plan${index}`,
        inputs: [
          {
            source: index === 0 ? 'rule0' : `plan${index - 1}`,
            groupFields: ['group'],
            valueFields: [],
            carriedFields: [],
          },
        ],
      }));
    const results = run(new CorrelationEngine(chain(8).reverse(), parts), [event(7)]);
    expect(results.map((result) => [result.plan, result.at])).toEqual(
      Array.from({ length: 8 }, (_, index) => [`plan${index}`, 7]),
    );
    expect(() => new CorrelationEngine(chain(9), parts)).toThrow(/more than 8 deep/);
  });

  it('refuses plans that look at each other in a circle', () => {
    const loop = { ...three, inputs: three.inputs.map((input) => ({ ...input, source: 'plan' })) };
    expect(() => new CorrelationEngine([loop], parts)).toThrow(/circle/);
  });

  it('counts a window that ends late for the plan above it', () => {
    const quiet = { ...plan({ kind: 'events' }, [{ operator: 'lt', value: 2 }]), key: 'quiet' };
    const above = {
      ...plan({ kind: 'events' }, [{ operator: 'gte', value: 3 }], 100),
      inputs: [{ source: 'quiet', groupFields: ['group'], valueFields: [], carriedFields: [] }],
    };
    const engine = new CorrelationEngine([above, quiet], parts);
    run(engine, [event(0)]);
    const results = engine.advance(10_000).filter((result) => result.plan === 'plan');
    expect(results.map(({ at }) => at)).toEqual([29]);
    expect(engine.counts.late).toBe(0);
  });

  it('lets the stalest groups go at its limits, and counts them', () => {
    const engine = new CorrelationEngine([{ ...three, spanMs: 1000 }], {
      ...parts,
      limits: { groupsMax: 2 },
    });
    run(
      engine,
      ['a', 'b', 'c', 'd'].map((group, at) => event(at, [0], group)),
    );
    expect(engine.groups).toBe(2);
    expect(engine.counts).toMatchObject({ groupsEvicted: 2, membersEvicted: 2 });
  });

  it('forgets groups that nothing can concern any more without counting them as evicted', () => {
    const engine = new CorrelationEngine([three], parts);
    run(
      engine,
      Array.from({ length: 100 }, (_, at) => event(at * 90_000_000, [0], `g${at}`)),
    );
    expect(engine.groups).toBe(1);
    expect(engine.counts.groupsEvicted).toBe(0);
  });

  it('keeps at most its limit of members of one group, and counts the others', () => {
    const engine = new CorrelationEngine(
      [plan({ kind: 'distinct' }, [{ operator: 'gt', value: 50 }], 1e6)],
      { ...parts, limits: { groupMembersMax: 10 } },
    );
    run(
      engine,
      Array.from({ length: 80 }, (_, at) => event(at, [0], 'a', `${at % 40}`)),
    );
    expect(engine.members).toBe(51);
    expect(engine.counts.membersEvicted).toBe(29);
  });

  it('adds up without drift', () => {
    const engine = new CorrelationEngine(
      [plan({ kind: 'sum' }, [{ operator: 'gt', value: 1e17 }])],
      parts,
    );
    for (let at = 0; at < 1000; at += 1) {
      run(engine, [event(at * 20, [0], 'a', '0.1'), event(at * 20 + 1, [0], 'a', '1e16')]);
    }
    const ten = Array.from({ length: 10 }, (_, index) => ({
      ...event(30_000, [0], 'a', '1e16'),
      id: `x${index}`,
    }));
    expect(run(engine, ten)).toEqual([]);
    expect(run(engine, [{ ...event(30_001, [0], 'a', '16'), id: 'over' }])).toHaveLength(1);
  });
});
