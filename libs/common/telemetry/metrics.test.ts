import { describe, expect, it } from 'vitest';
import { Metrics, SERIES_MAX } from './metrics.ts';

const refused = {
  name: 'tocsin_ingest_refused_total',
  help: 'Requests refused, by reason',
  labels: ['reason'],
} as const;

describe('metrics', () => {
  it('print in the text format with the service as a label (X-04)', async () => {
    const metrics = new Metrics('data');
    metrics.counter(refused).add({ reason: 'too_large' }, 2);
    metrics.gauge({ name: 'tocsin_bus_depth', help: 'Frames waiting', labels: [] }).set({}, 7);
    metrics
      .histogram({ name: 'tocsin_roll_seconds', help: 'Rolls', labels: [], buckets: [0.1, 1] })
      .at({})
      .observe(0.5);
    const text = await metrics.text();
    expect(text).toContain('tocsin_ingest_refused_total{reason="too_large",service="data"} 2');
    expect(text).toContain('tocsin_bus_depth{service="data"} 7');
    expect(text).toContain('tocsin_roll_seconds_bucket{le="1",service="data"} 1');
    expect(metrics.contentType).toContain('text/plain');
  });

  it('show a counter without labels at zero before anything happened', async () => {
    const metrics = new Metrics('data');
    metrics.counter({ name: 'tocsin_late_total', help: 'Late events', labels: [] });
    expect(await metrics.text()).toContain('tocsin_late_total{service="data"} 0');
  });

  it('bound the number of series: what is past the limit counts as other', async () => {
    const metrics = new Metrics('data');
    const counter = metrics.counter(refused);
    for (let index = 0; index < SERIES_MAX + 5; index += 1) counter.add({ reason: `r${index}` });
    const text = await metrics.text();
    expect(text).toContain('tocsin_ingest_refused_total{reason="other",service="data"} 5');
    expect(text).not.toContain(`r${SERIES_MAX}"`);
  });

  it('include the process when asked', async () => {
    const text = await new Metrics('data', { process: true }).text();
    expect(text).toContain('tocsin_process_process_resident_memory_bytes');
  });

  it.each([
    [{ ...refused, name: 'refused_total' }, 'well-formed'],
    [{ ...refused, name: 'tocsin_refused' }, 'ends in _total'],
    [{ ...refused, labels: ['event_id'] }, 'unbounded'],
  ])('refuse an instrument like %j', (spec, reason) => {
    expect(() => new Metrics('data').counter(spec)).toThrow(reason);
  });
});
