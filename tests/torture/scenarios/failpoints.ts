import { setTimeout as sleep } from 'node:timers/promises';
import { FAILPOINTS, type Failpoint } from '../../../libs/common/kernel/failpoint.ts';
import { Cycles, Patient, progress, type Scenario, withFaults } from '../scenario.ts';

const LONG = { cycles: 5, minutes: 60 };
const SHORT = { cycles: 5, minutes: 5 };
/** Need 256 MiB of frames or an hour: the bus's own crash test passes through them, as often. */
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
const OF_DATA = FAILPOINTS.filter(
  (label) => !ELSEWHERE.includes(label) && !OF_CONTROL.includes(label),
);
const LABELS = [...OF_DATA, ...OF_CONTROL];
/** Passed many times a second: which pass is left to chance. */
const FREQUENT: readonly Failpoint[] = ['publish.before-commit', 'publish.after-commit'];
const PASSES_MAX = 8;
/** A label that is planned so many times as often as it is to be met, and is not, cannot be. */
const TRIES_PER_MEETING = 4;

/** A crash at every labelled step under load, until each was met five times. */
export const failpoints: Scenario = {
  name: 'failpoints',
  async run(effort) {
    const rounds = new Cycles(effort, effort.short ? SHORT : LONG);
    const patient = await Patient.admit();
    await patient.load();
    const plan = new Plan(rounds.wanted);
    while (plan.next(OF_DATA) !== undefined || plan.next(OF_CONTROL) !== undefined) {
      progress.now = `${plan.met} of ${rounds.wanted * LABELS.length} crashes`;
      if (!rounds.inTime) break;
      await patient.flows(1_000);
      // The drain of a stop passes through a barrier, which the load alone does every ten seconds.
      await patient.product.stop();
      plan.count(patient.product.log);
      await patient.restart({ TOCSIN_FAILPOINTS: plan.crashes() });
      await sleep(300 + Math.random() * 1_000);
    }
    await patient.flows(1_000);
    await patient.product.stop();
    plan.count(patient.product.log);
    await patient.restart();
    const { missed } = plan;
    Object.assign(patient.figures, { wanted_each: rounds.wanted, ...plan.figures, missed });
    const report = await patient.judge(this.name);
    // A slow machine does fewer in its time; the figures say which.
    if (!rounds.inTime) return report;
    return withFaults(
      report,
      missed.map((label) => `met less than ${rounds.wanted} times: ${label}`),
    );
  },
};

/** Which label crashes next: of those not met often enough the one that was planned least. */
class Plan {
  readonly #wanted: number;
  readonly #met = new Map<string, number>();
  readonly #tried = new Map<string, number>();

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  next(labels: readonly Failpoint[]): Failpoint | undefined {
    const open = labels.filter(
      (label) => this.#lacks(label) && this.#tries(label) < this.#wanted * TRIES_PER_MEETING,
    );
    return open.toSorted((a, b) => this.#tries(a) - this.#tries(b))[0];
  }

  /** The crashes of the next start, one for each process that has any left. */
  crashes(): string {
    const planned: string[] = [];
    for (const label of [this.next(OF_DATA), this.next(OF_CONTROL)]) {
      if (label === undefined) continue;
      this.#tried.set(label, this.#tries(label) + 1);
      const passes = FREQUENT.includes(label) ? 1 + Math.floor(Math.random() * PASSES_MAX) : 1;
      planned.push(`${label}:${passes}`);
    }
    return planned.join(',');
  }

  count(log: readonly string[]): void {
    for (const line of log) {
      const label = /planned crash at ([a-z.-]+)/.exec(line)?.[1];
      if (label !== undefined) this.#met.set(label, (this.#met.get(label) ?? 0) + 1);
    }
  }

  /** Crashes that count, over all labels. */
  get met(): number {
    return [...this.#met.values()].reduce((sum, times) => sum + Math.min(times, this.#wanted), 0);
  }

  get missed(): Failpoint[] {
    return LABELS.filter((label) => this.#lacks(label));
  }

  get figures(): Record<string, unknown> {
    return { met: Object.fromEntries(this.#met), elsewhere: ELSEWHERE };
  }

  #lacks(label: string): boolean {
    return (this.#met.get(label) ?? 0) < this.#wanted;
  }

  #tries(label: string): number {
    return this.#tried.get(label) ?? 0;
  }
}
