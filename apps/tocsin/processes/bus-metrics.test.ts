import { type BusCounters, newCounters } from '@tocsin/bus/lmdb/limits.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { describe, expect, it } from 'vitest';
import { busMetrics } from './bus-metrics.ts';

const NAMES = Object.keys(newCounters()) as (keyof BusCounters)[];

/** The values of all series but those of 0, without the label of the process. */
async function valuesOf(metrics: Metrics): Promise<Record<string, number>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('tocsin_bus_'));
  const values = lines.map((line) => {
    const [, series = '', value = ''] = /^tocsin_bus_(.*) (\S+)$/.exec(line) ?? [];
    return [series.replace(/,?service="test"/, '').replace('{}', ''), Number(value)] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== 0));
}

describe('metrics of the bus', () => {
  it.each(NAMES)('show the counter %s', async (name) => {
    const [metrics, counters] = [new Metrics('test'), newCounters()];
    const refresh = busMetrics(metrics, counters);
    // A file that went early or unread is one of those that went.
    if (name.startsWith('generationsUnlinked')) counters.generationsUnlinked = 3;
    counters[name] = 3;
    refresh();
    expect(Object.values(await valuesOf(metrics))).toEqual([3]);
  });

  it('grow by what came since they were read, and say why a frame was refused', async () => {
    const [metrics, counters] = [new Metrics('test'), newCounters()];
    const refresh = busMetrics(metrics, counters);
    counters.refusedDiskFull = 2;
    refresh();
    refresh();
    counters.refusedDiskFull = 5;
    counters.refusedTenantLimit = 1;
    refresh();
    expect(await valuesOf(metrics)).toEqual({
      'refused_total{reason="disk_full"}': 5,
      'refused_total{reason="tenant_limit"}': 1,
    });
  });

  it('tell files that went as planned from those that went early or unread', async () => {
    const [metrics, counters] = [new Metrics('test'), newCounters()];
    const refresh = busMetrics(metrics, counters);
    Object.assign(counters, {
      generationsUnlinked: 6,
      generationsUnlinkedEarly: 2,
      generationsUnlinkedUnclaimed: 1,
    });
    refresh();
    expect(await valuesOf(metrics)).toEqual({
      'generations_unlinked_total{reason="read_by_all"}': 3,
      'generations_unlinked_total{reason="disk_nearly_full"}': 2,
      'generations_unlinked_total{reason="never_read"}': 1,
    });
  });
});
