import { setTimeout as sleep } from 'node:timers/promises';
import { FAILPOINTS, type Failpoint } from '../../../libs/common/kernel/failpoint.ts';
import { Cycles, Patient, type Scenario } from '../scenario.ts';

const LONG = { cycles: 5, minutes: 60 };
const SHORT = { cycles: 1, minutes: 1.5 };
/** Need 256 MiB of frames or an hour: the bus's own crash test passes through them. */
const ELSEWHERE: readonly Failpoint[] = [
  'generation-switch.after-create',
  'generation-switch.before-unlink',
];
/** Met by the control process; all others by data. The two die apart, so a start can plan one of each. */
const OF_CONTROL: readonly Failpoint[] = [
  'correlate.after-commit',
  'outbox.after-publish',
  'outbox.after-delete',
];
/** Passed many times a second: which pass is left to chance. */
const FREQUENT: readonly Failpoint[] = ['publish.before-commit', 'publish.after-commit'];

/** A crash at every labelled step, each five times, under load. */
export const failpoints: Scenario = {
  name: 'failpoints',
  async run(effort) {
    const rounds = new Cycles(effort, effort.short ? SHORT : LONG);
    const patient = await Patient.admit();
    await patient.load();
    const met = new Map<string, number>();
    const ofData = FAILPOINTS.filter(
      (label) => !ELSEWHERE.includes(label) && !OF_CONTROL.includes(label),
    );
    const wanted = rounds.wanted * ofData.length;
    let done = 0;
    for (let round = 0; round < rounds.wanted; round += 1) {
      for (const [index, label] of ofData.entries()) {
        if (!rounds.inTime) break;
        await patient.flows(1_000);
        // The drain of a stop passes through a barrier, which the load alone does every ten seconds.
        await patient.product.stop();
        count(met, patient.product.log);
        const passes = FREQUENT.includes(label) ? 1 + Math.floor(Math.random() * 30) : 1;
        const other = OF_CONTROL[index % OF_CONTROL.length];
        await patient.restart({ TOCSIN_FAILPOINTS: `${label}:${passes},${other}:1` });
        await sleep(300 + Math.random() * 1_000);
        done += 1;
      }
    }
    await patient.flows(1_000);
    await patient.product.stop();
    count(met, patient.product.log);
    await patient.restart();
    Object.assign(patient.figures, { done, wanted, met: Object.fromEntries(met) });
    const report = await patient.judge(this.name);
    const missed = FAILPOINTS.filter(
      (label) => !ELSEWHERE.includes(label) && (met.get(label) ?? 0) < rounds.wanted,
    );
    // A slow machine does fewer; the figures say how many.
    if (missed.length === 0 || done < wanted) return report;
    const fault = `met less than ${rounds.wanted} times: ${missed.join(', ')}`;
    return { ...report, result: 'failed', faults: [...report.faults, fault] };
  },
};

function count(met: Map<string, number>, log: readonly string[]): void {
  for (const line of log) {
    const label = /planned crash at ([a-z.-]+)/.exec(line)?.[1];
    if (label !== undefined) met.set(label, (met.get(label) ?? 0) + 1);
  }
}
