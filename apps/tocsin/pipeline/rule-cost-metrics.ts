import { ruleKey } from '@tocsin/sigma/correlation/correlation-rule.ts';
import type { RuleCost } from '@tocsin/sigma/rule-set.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';

/** Rules that are shown: the costliest by time. Labels are many, and few rules cost anything. */
export const COSTLIEST_SHOWN = 20;

/**
 * Shows what the costliest Sigma rules of the installation have cost since they were taken into use: time as estimated
 * from one event of 256, and steps, which are exact. One that is no longer among them is 0.
 */
export function ruleCostMetrics(metrics: Metrics): (costs: readonly RuleCost[]) => void {
  const seconds = metrics.gauge({
    name: 'tocsin_sigma_rule_seconds',
    help: 'Time that the costliest Sigma rules took since they are in use, estimated from one event of 256',
    labels: ['rule'],
  });
  const steps = metrics.gauge({
    name: 'tocsin_sigma_rule_steps',
    help: 'Steps that the costliest Sigma rules took since they are in use',
    labels: ['rule'],
  });
  let shown: readonly string[] = [];
  return (costs) => {
    const costliest = costs.toSorted((a, b) => b.sampledMs - a.sampledMs).slice(0, COSTLIEST_SHOWN);
    for (const rule of shown) {
      seconds.set({ rule }, 0);
      steps.set({ rule }, 0);
    }
    for (const { rule, sampledMs, steps: count } of costliest) {
      seconds.set({ rule: ruleKey(rule) }, sampledMs / 1000);
      steps.set({ rule: ruleKey(rule) }, count);
    }
    shown = costliest.map(({ rule }) => ruleKey(rule));
  };
}
