import { Deferring } from '@tocsin/detect-service/domain/sigma/deferring.ts';
import { SigmaRules } from '@tocsin/detect-service/domain/sigma/sigma-rules.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { normalizeLine } from '@tocsin/sources/normalize-line.ts';
import { silentLog } from '@tocsin/telemetry/log.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { expect, it } from 'vitest';
import { DeferredControl, GIVE_BACK_EVERY_MS } from './deferred-control.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const RULE =
  "title: costly\nname: costly\nlogsource: {product: linux, service: sshd}\ndetection: {sel: {'message|re': '(a|b)*c.*d'}, condition: sel}\n";
const event = normalizeLine(`Nov 20 10:00:00 web sshd[1]: ${'ab'.repeat(300)} c1`, '', '', NOW);

/** Rules of which one was moved off the hot path. */
function withDeferred(clock: ManualClock): Deferring {
  const sigma = new SigmaRules(new Set(['linux-auth']));
  sigma.use(loadSigma([{ name: 'costly.yml', text: RULE }]));
  const deferring = new Deferring(sigma, clock, 5);
  while (deferring.deferrals.length === 0) {
    for (let at = 0; at < 64; at += 1) sigma.of('acme').match(event);
    deferring.look(64);
  }
  return deferring;
}

it('looks again after a look that failed, and says why it did', async () => {
  const clock = new ManualClock(NOW);
  const deferring = withDeferred(clock);
  const said: string[] = [];
  let failures = 1;
  const control = new DeferredControl({
    detector: { deferring },
    pipeline: {
      giveBack: (give) => {
        if (failures-- > 0) return Promise.reject(new Error('the disk takes nothing'));
        give();
        return Promise.resolve(true);
      },
    },
    clock,
    log: { ...silentLog, error: (message, fields) => said.push(`${message}: ${fields?.error}`) },
    metrics: new Metrics('test'),
    tell: () => Promise.resolve(),
  });
  await control.start();
  control.want([{ ruleId: 'costly', since: NOW }]);
  await clock.advance(0);
  expect(deferring.deferrals).toHaveLength(1);
  expect(said).toEqual([
    'Sigma rules that run late cannot go back now: Error: the disk takes nothing',
  ]);
  await clock.advance(GIVE_BACK_EVERY_MS);
  expect(deferring.deferrals).toEqual([]);
});
