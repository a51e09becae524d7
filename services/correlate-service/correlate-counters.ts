import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import type { CorrelationPlan } from './domain/correlation-plan.ts';

/** What the correlator counts. */
export interface CorrelateCounters {
  count(plan: CorrelationPlan): void;
  /** An item was no alert. */
  parked(): void;
}

/** Registers the correlator's instruments. */
export function correlateCounters(metrics: Metrics): CorrelateCounters {
  const alerts = metrics.counter({
    name: 'tocsin_correlate_alerts_total',
    help: 'Scored alerts read, by what became of them',
    labels: ['outcome'],
  });
  const opened = metrics.counter({
    name: 'tocsin_correlate_opened_total',
    help: 'Incidents and cases opened',
    labels: ['kind'],
  });
  const droppedKeys = metrics.counter({
    name: 'tocsin_correlate_dropped_names_total',
    help: 'Names that tie no further alerts because their incident has the most it may have',
    labels: [],
  });
  return {
    count(plan) {
      alerts.add({ outcome: 'applied' }, plan.alerts.length);
      alerts.add({ outcome: 'stale' }, plan.staleCount);
      alerts.add({ outcome: 'quiet' }, plan.quietCount);
      opened.add({ kind: 'incident' }, plan.openings.length);
      opened.add({ kind: 'case' }, plan.cases.length);
      droppedKeys.add({}, plan.droppedKeyCount);
    },
    parked: () => alerts.add({ outcome: 'parked' }),
  };
}
