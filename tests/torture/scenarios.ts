import type { Scenario } from './scenario.ts';
import { clock } from './scenarios/clock.ts';
import { damage } from './scenarios/damage.ts';
import { database } from './scenarios/database.ts';
import { diskFull } from './scenarios/disk-full.ts';
import { failingCalls } from './scenarios/failing-calls.ts';
import { failpoints } from './scenarios/failpoints.ts';
import { freeze } from './scenarios/freeze.ts';
import { hostile } from './scenarios/hostile.ts';
import { kill } from './scenarios/kill.ts';
import { longRun } from './scenarios/long-run.ts';
import { overload } from './scenarios/overload.ts';
import { powerCutExt4, powerCutXfs } from './scenarios/power-cut.ts';
import { readOnly } from './scenarios/read-only.ts';

/** All scenarios, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  kill,
  failpoints,
  freeze,
  database,
  clock,
  hostile,
  overload,
  diskFull,
  readOnly,
  failingCalls,
  damage,
  powerCutExt4,
  powerCutXfs,
  longRun,
];

/**
 * What the test command runs beside the tests. A crash at each labelled step is in `tests/e2e/failpoints.test.ts`,
 * which runs with them.
 */
export const SHORT: readonly Scenario[] = [kill, hostile, powerCutExt4, powerCutXfs];
