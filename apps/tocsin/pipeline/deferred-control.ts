import type { Detector } from '@tocsin/detect-service/detector.ts';
import type { Deferral } from '@tocsin/detect-service/domain/sigma/deferred-rules.ts';
import type { PutBack } from '@tocsin/detect-service/domain/sigma/deferring.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import type { Log } from '@tocsin/telemetry/log.ts';
import type { Metrics, TypedGauge } from '@tocsin/telemetry/metrics.ts';
import type { DeferredEntry, DeferredRule } from './deferred-protocol.ts';
import type { Pipeline } from './pipeline.ts';

/** Rules that may go back are looked for this often. */
export const GIVE_BACK_EVERY_MS = 10_000;

export interface DeferredControlParts {
  readonly detector: Pick<Detector, 'deferring'>;
  readonly pipeline: Pick<Pipeline, 'giveBack'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Tells the lane which rules to try. */
  readonly tell: (rules: readonly DeferredRule[]) => Promise<void>;
}

/** The pipeline's side of rules off the hot path: tells people and the lane of them, and gives them back. */
export class DeferredControl {
  readonly #parts: DeferredControlParts;
  readonly #rules: TypedGauge<'tenant' | 'rule' | 'reason'>;
  readonly #waiting: TypedGauge<never>;
  readonly #moves: (what: 'moved' | 'returned' | 'fault') => void;
  #shown: readonly Deferral[] = [];
  #started = false;
  /** Before it, nobody knows what waits for the lane: nothing may go back. */
  #laneRuns = false;
  /** One look after the other: two at once would give the same rules back twice. */
  #giving: Promise<void> = Promise.resolve();

  constructor(parts: DeferredControlParts) {
    const { metrics } = parts;
    this.#parts = parts;
    this.#rules = metrics.gauge({
      name: 'tocsin_sigma_deferred_rules',
      help: 'Sigma rules that are tried off the hot path, because they cost too much or break',
      labels: ['tenant', 'rule', 'reason'],
    });
    this.#waiting = metrics.gauge({
      name: 'tocsin_sigma_deferred_frames_waiting',
      help: 'Frames that wait for Sigma rules off the hot path',
      labels: [],
    });
    const moves = metrics.counter({
      name: 'tocsin_sigma_deferrals_total',
      help: 'Sigma rules moved off the hot path and back, and faults of rules there',
      labels: ['what'],
    });
    this.#moves = (what) => moves.add({ what });
  }

  /** Starts the lane with what a checkpoint had, and looks for rules that may go back from now on. */
  async start(): Promise<void> {
    this.#started = true;
    await this.told();
    const again = (): void => {
      this.#parts.clock.after(GIVE_BACK_EVERY_MS, () => {
        this.#lookOrSay().then(again);
      });
    };
    this.#laneRuns = true;
    await this.#look();
    again();
  }

  /** Takes all that people want back; it goes when nothing waits for it any more. */
  want(asked: readonly PutBack[]): void {
    this.#parts.detector.deferring?.want(asked);
    if (this.#laneRuns) void this.#lookOrSay();
  }

  /** Rules have changed: the lane is to try them as they are now. */
  async told(): Promise<void> {
    const { deferring } = this.#parts.detector;
    if (deferring === undefined || !this.#started) return;
    this.#show(deferring.deferrals);
    await this.#parts.tell(deferring.rules());
  }

  moved(deferrals: readonly Deferral[]): void {
    for (const { ruleId, tenantId, title, reason, detail } of deferrals) {
      this.#moves('moved');
      this.#parts.log.error(`Sigma rule runs late from now on: ${title}: ${detail}`, {
        action: 'sigma.defer',
        rule_id: ruleId,
        reason,
        ...(tenantId === '' ? {} : { tenant_id: tenantId }),
      });
    }
    void this.told();
  }

  note({ costs, faults, waiting }: DeferredEntry): void {
    for (const cost of costs) this.#parts.detector.deferring?.note(cost);
    for (const fault of faults) {
      this.#moves('fault');
      this.#parts.log.warn(`Sigma rule failed off the hot path: ${fault}`, {
        action: 'sigma.defer',
      });
    }
    this.#waiting.set({}, Math.max(0, waiting - 1));
  }

  /** What keeps a look from its end is told; the next one tries again. */
  #lookOrSay(): Promise<void> {
    return this.#look().catch((error: unknown) => {
      this.#parts.log.error('Sigma rules that run late cannot go back now', {
        action: 'sigma.defer',
        error,
      });
    });
  }

  #look(): Promise<void> {
    const look = this.#giving.then(() => this.#giveBack());
    // The next look does not depend on how this one ended: its own caller sees the error.
    this.#giving = look.catch(() => undefined);
    return look;
  }

  /** Gives back what may go back, when nothing waits for it. */
  async #giveBack(): Promise<void> {
    const { deferring } = this.#parts.detector;
    const ready = deferring?.returnable() ?? [];
    if (deferring === undefined || ready.length === 0) return;
    if (!(await this.#parts.pipeline.giveBack(() => deferring.giveBack(ready)))) return;
    for (const { ruleId, title } of ready) {
      this.#moves('returned');
      this.#parts.log.info(`Sigma rule is on the hot path again: ${title}`, {
        action: 'sigma.defer',
        rule_id: ruleId,
      });
    }
    await this.told();
  }

  #show(deferrals: readonly Deferral[]): void {
    const labelsOf = ({ tenantId, ruleId, reason }: Deferral) => ({
      tenant: tenantId,
      rule: ruleId,
      reason,
    });
    for (const gone of this.#shown) this.#rules.set(labelsOf(gone), 0);
    for (const deferral of deferrals) this.#rules.set(labelsOf(deferral), 1);
    this.#shown = deferrals;
  }
}
