import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { expect, it } from 'vitest';
import { COSTLIEST_SHOWN, ruleCostMetrics } from './rule-cost-metrics.ts';

const rule = (name: string) =>
  loadSigma([
    {
      name,
      text: `title: ${name}\nname: ${name}\nlogsource: {product: linux}\ndetection: {sel: [x], condition: sel}\n`,
    },
  ]).rules.map((one) => ({ rule: one, steps: 10, sampledMs: 1_500 }));

it('shows the costliest rules and no more; one that is no longer among them is 0', async () => {
  const metrics = new Metrics('test');
  const show = ruleCostMetrics(metrics);
  const many = Array.from({ length: COSTLIEST_SHOWN + 5 }, (_, at) => rule(`rule-${at}`)).flat();
  show(many.map((cost, at) => ({ ...cost, sampledMs: at })));
  const lines = async (name: string) =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(`${name}{`));
  expect(await lines('tocsin_sigma_rule_seconds')).toHaveLength(COSTLIEST_SHOWN);
  expect((await lines('tocsin_sigma_rule_seconds')).join()).not.toContain('"rule-4"');
  show(rule('rule-24'));
  const seconds = await lines('tocsin_sigma_rule_seconds');
  expect(seconds.filter((line) => !line.endsWith(' 0'))).toEqual([
    expect.stringMatching(/rule="rule-24".* 1\.5$/),
  ]);
  expect(
    (await lines('tocsin_sigma_rule_steps')).filter((line) => line.endsWith(' 10')),
  ).toHaveLength(1);
});
