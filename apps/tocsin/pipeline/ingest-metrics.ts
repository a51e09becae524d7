import type { IngestCounters } from '@tocsin/ingest-service/ingest-counters.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';

/** Ties what ingest counts to the metrics of its process. */
export function ingestCounters(metrics: Metrics): IngestCounters {
  const accepted = metrics
    .counter({ name: 'tocsin_ingest_events_total', help: 'Items made durable', labels: [] })
    .at({});
  const bytes = metrics
    .counter({
      name: 'tocsin_ingest_bytes_total',
      help: 'Bytes of accepted bodies after decompression',
      labels: [],
    })
    .at({});
  const refused = metrics.counter({
    name: 'tocsin_ingest_refused_total',
    help: 'Items refused one by one, by reason',
    labels: ['reason'],
  });
  const requests = metrics.counter({
    name: 'tocsin_ingest_refused_requests_total',
    help: 'Requests refused as a whole, by reason',
    labels: ['reason'],
  });
  return {
    accepted(items, size) {
      accepted.add(items);
      bytes.add(size);
    },
    refused: (reason, items) => refused.add({ reason }, items),
    refusedRequest: (reason) => requests.add({ reason }),
  };
}
