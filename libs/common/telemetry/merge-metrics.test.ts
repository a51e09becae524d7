import { describe, expect, it } from 'vitest';
import { mergeMetrics } from './merge-metrics.ts';
import { Metrics } from './metrics.ts';

describe('mergeMetrics', () => {
  it('puts the samples of two processes under one head', async () => {
    const [a, b] = ['data', 'control'].map((service) => new Metrics(service));
    for (const metrics of [a, b]) {
      metrics?.counter({ name: 'tocsin_things_total', help: 'Things', labels: [] }).add({}, 2);
    }
    const text = mergeMetrics([(await a?.text()) ?? '', (await b?.text()) ?? '']);
    expect(text.trim().split('\n')).toEqual([
      '# HELP tocsin_things_total Things',
      '# TYPE tocsin_things_total counter',
      'tocsin_things_total{service="data"} 2',
      'tocsin_things_total{service="control"} 2',
    ]);
  });

  it('keeps every line of a text that stands alone', async () => {
    const metrics = new Metrics('data', { process: true });
    const text = await metrics.text();
    const lines = (all: string): string[] =>
      all
        .split('\n')
        .filter((line) => line !== '')
        .sort();
    expect(lines(mergeMetrics([text]))).toEqual(lines(text));
  });
});
