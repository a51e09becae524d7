import { assert } from '@tocsin/kernel/assert.ts';
import { CONTROL_STEPS, personOf } from './control-steps.ts';
import { CRASH_STEPS } from './crash-steps.ts';
import { dataSteps } from './data-steps.ts';
import type { ModelStep } from './model-step.ts';
import type { ProtocolBreak } from './protocol-breaks.ts';
import { initialState, type ModelFrame, type ModelState } from './protocol-state.ts';

export const SOURCES = ['a', 'b'] as const;

const STEPS: readonly ModelStep[] = [...dataSteps(SOURCES), ...CONTROL_STEPS];
/** One choice in so many is a crash. */
const CRASH_EVERY = 12;
const DRAIN_STEPS_MAX = 20_000;

/** What the product owes its users, in a form that does not depend on the order of things. */
export interface Outcome {
  /** Stored events, each as often as it is stored. */
  readonly stored: readonly string[];
  readonly archived: readonly string[];
  /** The last state of each alert. */
  readonly alerts: readonly string[];
  /** The alerts of each incident. */
  readonly incidents: readonly string[];
  /** Number of open cases of each incident. */
  readonly casesOfIncidents: readonly number[];
  readonly notified: readonly string[];
}

/** Runs a choice of steps, crashes among them, then lets the system finish. `check` sees every state. */
export function runProtocol(
  frames: readonly ModelFrame[],
  choices: readonly number[],
  broken: ProtocolBreak | undefined,
  check: (state: ModelState) => void,
): ModelState {
  let state = initialState(frames);
  for (const choice of choices) {
    const from = choice % CRASH_EVERY === 0 ? CRASH_STEPS : STEPS;
    const possible = from.filter((step) => step.enabled(state, broken));
    const step = possible[Math.floor(choice / CRASH_EVERY) % possible.length];
    if (step === undefined) continue;
    state = step.apply(state, broken);
    check(state);
  }
  return drain(state, broken, check);
}

/** Lets everything that waits be done, by fair turns and without crashes, with a barrier at the end. */
function drain(
  from: ModelState,
  broken: ProtocolBreak | undefined,
  check: (state: ModelState) => void,
): ModelState {
  let state = from;
  for (let taken = 0; taken < DRAIN_STEPS_MAX; ) {
    const before = taken;
    for (const step of STEPS) {
      const needless = step.name === 'pause' && isDurable(state);
      if (needless || !step.enabled(state, broken)) continue;
      state = step.apply(state, broken);
      taken += 1;
      check(state);
    }
    if (taken === before) return state;
  }
  assert(false, 'the system comes to rest');
}

/** True when a barrier would find nothing to do. */
function isDurable({ data, durable }: ModelState): boolean {
  const moved = Object.entries(data.read).some(
    ([source, at]) => at > (durable.cursor[source] ?? 0),
  );
  return !moved && data.held.size === 0 && data.hot.ids.length === 0;
}

/** What a finished run leaves for its users. */
export function outcomeOf({ durable }: ModelState): Outcome {
  const rows = [...durable.alertRows.values()];
  const incidents = [...Map.groupBy(rows, (row) => row.incidentId)];
  return {
    stored: [...durable.rows.ids].sort(),
    archived: [...durable.archive].sort(),
    alerts: rows.map(({ alert }) => `${alert.alertId} r${alert.revision} ${alert.eventIds}`).sort(),
    incidents: incidents
      .map(([, members]) =>
        members
          .map((row) => row.alert.alertId)
          .sort()
          .join(),
      )
      .sort(),
    casesOfIncidents: incidents.map(
      ([id]) => durable.cases.filter(({ incidentId }) => incidentId === id).length,
    ),
    notified: [...new Set(durable.notified)].sort(),
  };
}

/** What must hold at every moment; throws when it does not. */
export function checkAlways(before: ModelState, after: ModelState): void {
  for (const [source, at] of Object.entries(before.durable.cursor)) {
    assert((after.durable.cursor[source] ?? 0) >= at, 'a cursor never moves back');
  }
  for (const [alertId, row] of before.durable.alertRows) {
    const now = after.durable.alertRows.get(alertId);
    assert(now !== undefined, 'an alert row never goes away');
    assert(now.alert.revision >= row.alert.revision, 'an alert never goes back to an older state');
  }
  const cases = Map.groupBy(after.durable.cases, ({ incidentId }) => incidentId);
  for (const [, own] of cases) assert(own.length <= 1, 'an incident has at most one open case');
  for (const [source, at] of Object.entries(after.durable.rows.applied)) {
    for (let offset = 1; offset <= at; offset += 1) {
      assert(
        after.durable.archive.has(`${source}/${offset}`),
        'stored rows have their lines archived',
      );
    }
  }
  const persons = Map.groupBy(after.durable.alertRows.values(), (row) => personOf(row.alert));
  for (const [, own] of persons) {
    assert(new Set(own.map((row) => row.incidentId)).size === 1, 'a person has one open incident');
  }
}
