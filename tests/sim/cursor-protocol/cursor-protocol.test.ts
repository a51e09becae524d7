import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROTOCOL_BREAKS, type ProtocolBreak } from './protocol-breaks.ts';
import type { ModelFrame, ModelState } from './protocol-state.ts';
import { initialState } from './protocol-state.ts';
import { checkAlways, outcomeOf, runProtocol, SOURCES } from './run-protocol.ts';

const event = fc.record(
  {
    clientId: fc.integer({ min: 0, max: 30 }).map((id) => `client-${id}`),
    at: fc.integer({ min: 0, max: 45 }),
    group: fc.constantFrom('ann1', 'ann2', 'bob1'),
    matches: fc.integer({ min: 0, max: 5 }).map((die) => die > 0),
  },
  { requiredKeys: ['at', 'group', 'matches'] },
);
/** Client ids are of one source: whose repeat an id is does not depend on which of two sources is read first. */
const frame = fc
  .record({
    source: fc.constantFrom(...SOURCES),
    events: fc.array(event, { minLength: 1, maxLength: 6 }),
  })
  .map(
    ({ source, events }): ModelFrame => ({
      source,
      events: events.map((one) => ({
        at: one.at,
        group: one.group,
        matches: one.matches,
        ...(one.clientId === undefined ? {} : { clientId: `${source}-${one.clientId}` }),
      })),
    }),
  );
const frames = fc.array(frame, { minLength: 1, maxLength: 14 });
const choices = fc.array(fc.nat({ max: 100_000 }), { maxLength: 220, size: 'max' });

/** Runs with crashes and without, and compares what users see. */
function holds(
  input: readonly ModelFrame[],
  steps: readonly number[],
  broken?: ProtocolBreak,
): ModelState {
  let before = initialState(input);
  const end = runProtocol(input, steps, broken, (state) => {
    checkAlways(before, state);
    before = state;
  });
  const calm = runProtocol(input, [], undefined, () => undefined);
  expect(outcomeOf(end)).toEqual(outcomeOf(calm));
  return end;
}

describe('the cursor protocol', () => {
  it('stores every acknowledged event once, and leads to the same alerts, incidents and cases, whatever crashes when', () => {
    let crashes = 0;
    let alerts = 0;
    fc.assert(
      fc.property(frames, choices, (input, steps) => {
        const end = holds(input, steps);
        crashes += end.crashes;
        alerts += end.durable.alertRows.size;
      }),
      { numRuns: 4000, seed: 20_261_123 },
    );
    // The runs are worth something only if much was interrupted and much was found.
    expect(crashes).toBeGreaterThan(5000);
    expect(alerts).toBeGreaterThan(500);
  });

  it('stores as many events as were sent, less the repeats of client ids', () => {
    fc.assert(
      fc.property(frames, choices, (input, steps) => {
        const { durable } = holds(input, steps);
        const events = input.flatMap((one) => one.events);
        const clientIds = new Set(events.flatMap((one) => one.clientId ?? []));
        const derived = events.filter((one) => one.clientId === undefined).length;
        expect(durable.rows.ids).toHaveLength(derived + clientIds.size);
        expect(new Set(durable.rows.ids).size).toBe(durable.rows.ids.length);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe('a protocol that', () => {
  it.each(Object.entries(PROTOCOL_BREAKS))('%s is found out', (_, broken) => {
    const result = fc.check(
      fc.property(frames, choices, (input, steps) => {
        holds(input, steps, broken);
      }),
      { numRuns: 3000, seed: 20_261_123, endOnFailure: true },
    );
    expect(result.failed).toBe(true);
  });
});
