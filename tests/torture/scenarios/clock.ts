import { setTimeout as sleep } from 'node:timers/promises';
import { MovedClock } from '../moved-clock.ts';
import { notRun, Patient, type Scenario, withFaults } from '../scenario.ts';

const HOURS_2 = 7_200;
/** Forward and back, past the right time, and back to it. */
const OFFSETS: readonly number[] = [HOURS_2, 0, -HOURS_2, 0];
/** Past a barrier and its checkpoint, a pass of retention, and the leases of the consumers. */
const STAY_MS = 75_000;
const STAY_SHORT_MS = 5_000;
const PER_SECOND = 2_000;
const CLOCK_FAULT_MS_MAX = 10_000;

/** The wall clock of every process, PostgreSQL too, jumps two hours forward and back under load. */
export const clock: Scenario = {
  name: 'clock',
  async run({ short }) {
    const moved = await MovedClock.make();
    if (moved === undefined)
      return notRun(this.name, 'no libfaketime: apt-get update && apt-get install libfaketime');
    try {
      const patient = await Patient.admit(undefined, moved.environment);
      patient.clockMoves = true;
      await patient.load(PER_SECOND);
      await patient.flows(2_000);
      const faults: string[] = [];
      const jumps: object[] = [];
      let before = 0;
      for (const offset of OFFSETS) {
        const old = patient.analyst;
        await moved.set(offset);
        const flowsAfterMs = Math.round(await patient.flows(1_000));
        const signedInBefore = (await old.get('/v1/alerts?limit=1')).status;
        await patient.signIn();
        faults.push(...(await checkClock(patient, offset)));
        // A token lives an hour by the product's clock, whatever that does.
        if (offset > before && signedInBefore !== 401)
          faults.push(`an hour's token is answered ${signedInBefore} two hours later`);
        jumps.push({ to_hours: offset / 3_600, flows_after_ms: flowsAfterMs, signedInBefore });
        before = offset;
        await sleep(short ? STAY_SHORT_MS : STAY_MS);
        await patient.flows(1_000);
      }
      await patient.signIn();
      const parts = await patient.product.parts();
      for (const { name, restarts } of parts)
        if (restarts > 0) faults.push(`${name} was started again ${restarts} times`);
      Object.assign(patient.figures, { jumps });
      return withFaults(await patient.judge(this.name), faults);
    } finally {
      await moved.remove();
    }
  },
};

/** The product's clock is where it was moved to: otherwise the run shows nothing. */
async function checkClock({ analyst }: Patient, offset: number): Promise<string[]> {
  const answer = await analyst.ask('POST', '/v1/ingest/raw', { bytes: 'what time is it' });
  const told = Date.parse(answer.headers.get('date') ?? '');
  const off = Math.abs(told - (Date.now() + offset * 1_000));
  return off < CLOCK_FAULT_MS_MAX ? [] : [`its clock is off by ${off} ms from where it was moved`];
}
