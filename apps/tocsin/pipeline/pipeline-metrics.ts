import type { DetectCounts } from '@tocsin/detect-service/detector.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import type { PipelineCounters } from './pipeline.ts';

/** Ties what the pipeline counts to the metrics of its process. */
export function pipelineCounters(metrics: Metrics): PipelineCounters {
  const counter = (name: string, help: string) =>
    metrics.counter({ name, help, labels: ['tenant'] });
  const stored = counter('tocsin_events_stored_total', 'Events stored');
  const failed = counter('tocsin_parse_failures_total', 'Events stored that no source understood');
  const duplicates = counter(
    'tocsin_events_duplicate_total',
    'Events left out because their client id was there already',
  );
  const dead = counter(
    'tocsin_events_dead_lettered_total',
    'Items parked because a parser of ours broke on them',
  );
  const alerts = counter('tocsin_alert_updates_total', 'States of alerts published');
  const lost = counter(
    'tocsin_sigma_deferred_lost_total',
    'Events that Sigma rules off the hot path are not tried on, because too much waits for them',
  );
  const barrier = metrics.histogram({
    name: 'tocsin_barrier_seconds',
    help: 'Time from cutting the pipeline to the moved cursor',
    labels: [],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  return {
    stored(tenant, events, parseFailed) {
      stored.add({ tenant }, events);
      if (parseFailed > 0) failed.add({ tenant }, parseFailed);
    },
    duplicates: (tenant, events) => duplicates.add({ tenant }, events),
    deadLettered: (tenant, events) => dead.add({ tenant }, events),
    alertsPublished: (tenant, count) => alerts.add({ tenant }, count),
    deferredLost: (tenant, events) => lost.add({ tenant }, events),
    barrier: (seconds) => barrier.at({}).observe(seconds),
  };
}

/** Ties what detect counts to the metrics of its process. */
export function detectCounts(metrics: Metrics): DetectCounts {
  const counter = metrics.counter({
    name: 'tocsin_detect_total',
    help: 'What detect saw: alerts opened and muted, events late, repeated or with a clock ahead, matches without a group',
    labels: ['what', 'tenant', 'rule'],
  });
  return { count: (what, tenant, rule, by) => counter.add({ what, tenant, rule }, by) };
}
