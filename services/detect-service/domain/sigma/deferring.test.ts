import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { loadSigma } from '@tocsin/sigma/load-sigma.ts';
import { normalizeLine } from '@tocsin/sources/normalize-line.ts';
import { describe, expect, it } from 'vitest';
import { Deferring } from './deferring.ts';
import { STRETCH_EVENTS } from './rule-costs.ts';
import { SigmaRules } from './sigma-rules.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const rule = (title: string, item: string) =>
  `title: ${title}\nname: ${title}\nlogsource: {product: linux, service: sshd}\ndetection: {sel: {${item}}, condition: sel}\n`;
const TEXT = [
  rule('costly', "'message|re': '(a|b)*c.*d'"),
  rule('cheap', "'message|contains': 'c'"),
];
const event = normalizeLine(`Nov 20 10:00:00 web sshd[1]: ${'ab'.repeat(300)} c1`, '', '', NOW);

function open(texts: readonly string[] = TEXT, stepsMax = 5) {
  const sigma = new SigmaRules(new Set(['linux-auth']));
  const use = (list: readonly string[]): void =>
    sigma.use(loadSigma(list.map((text, index) => ({ name: `${index}.yml`, text }))));
  use(texts);
  const clock = new ManualClock(NOW);
  return { sigma, use, clock, deferring: new Deferring(sigma, clock, stepsMax) };
}

const found = (sigma: SigmaRules): string[] =>
  (sigma.of('acme').match(event)?.marks ?? []).map(({ ruleId }) => ruleId);

function run({ sigma, deferring }: ReturnType<typeof open>, events: number): string[] {
  for (let at = 0; at < events; at += 1) sigma.of('acme').match(event);
  return deferring.look(events).map(({ ruleId, reason }) => `${ruleId} ${reason}`);
}

describe('a rule over its budget', () => {
  it('is moved before its stretch is over, and its neighbours are not', () => {
    const home = open();
    expect(run(home, 100)).toEqual([]);
    expect(run(home, STRETCH_EVENTS / 2)).toEqual(['costly over_budget']);
    expect(found(home.sigma)).toEqual(['cheap']);
    expect(home.sigma.of('acme').isDeferredFor(event)).toBe(true);
    expect(run(home, STRETCH_EVENTS)).toEqual([]);
    expect(home.deferring.rules().map(({ rule: { name } }) => name)).toEqual(['costly']);
  });

  it('goes back when a person wants it, and is moved again while it still costs too much', () => {
    const home = open();
    run(home, STRETCH_EVENTS);
    home.deferring.want([{ ruleId: 'costly', since: NOW - 1 }]);
    expect(home.deferring.returnable()).toEqual([]);
    home.deferring.want([{ ruleId: 'costly', since: NOW }]);
    const ready = home.deferring.returnable();
    expect(ready.map(({ ruleId }) => ruleId)).toEqual(['costly']);
    home.deferring.giveBack(ready);
    expect(home.sigma.of('acme').isDeferredFor(event)).toBe(false);
    home.clock.advance(1);
    expect(run(home, STRETCH_EVENTS)).toEqual(['costly over_budget']);
    expect(home.deferring.returnable()).toEqual([]);
  });

  it('is judged by steps, which are the same for the same events', () => {
    const seen = [open(), open()].map((home) => {
      let events = 0;
      while (run(home, 64).length === 0) events += 64;
      return events;
    });
    expect(seen[0]).toBe(seen[1]);
  });

  it('may go back when a person changed it, or when it was cheap for a stretch', () => {
    const home = open();
    run(home, STRETCH_EVENTS);
    expect(home.deferring.returnable()).toEqual([]);
    const cost = { tenantId: '', ruleId: 'costly', events: STRETCH_EVENTS };
    home.deferring.note({ ...cost, steps: 11 * STRETCH_EVENTS });
    expect(home.deferring.returnable()).toEqual([]);
    for (let turn = 0; turn < 6; turn += 1) home.deferring.note({ ...cost, steps: STRETCH_EVENTS });
    const cheap = home.deferring.returnable();
    expect(cheap.map(({ ruleId }) => ruleId)).toEqual(['costly']);
    home.use([rule('costly', "'message|contains': 'x'")]);
    expect(home.deferring.returnable()).toHaveLength(1);
    home.deferring.giveBack(cheap);
    expect(home.deferring.rules()).toEqual([]);
    expect(home.sigma.of('acme').isDeferredFor(event)).toBe(false);
  });

  it('stays moved over a restart: its state is restored, by tenant', () => {
    const home = open();
    run(home, STRETCH_EVENTS);
    const again = open();
    for (const [tenantId, json] of home.sigma.deferred.capture()) {
      again.sigma.deferred.restore(tenantId, JSON.parse(json));
    }
    expect(found(again.sigma)).toEqual(['cheap']);
    expect(again.sigma.of('acme').matchFound(event, new Set(['costly']))?.marks).toHaveLength(1);
  });

  it('is moved alone when it is a tenant of its own, and forgotten with the tenant', () => {
    const home = open([TEXT[1] ?? '']);
    const own = loadSigma([{ name: 'own', text: TEXT[0] ?? '' }]);
    const nothing = { disabled: new Set<string>(), severities: new Map(), exceptions: [] };
    home.sigma.decide('acme', { ...nothing, own });
    expect(run(home, STRETCH_EVENTS)).toEqual(['costly over_budget']);
    expect(home.deferring.deferrals).toMatchObject([{ tenantId: 'acme' }]);
    expect(home.sigma.of('globex').isDeferredFor(event)).toBe(false);
    home.sigma.deferred.forget('acme');
    expect(home.deferring.deferrals).toEqual([]);
  });
});

describe('a rule that throws', () => {
  it('is moved at once, and the event still meets the others', () => {
    const home = open([rule('broken', 'danger: x'), TEXT[1] ?? '']);
    const attributes = {
      message: 'c',
      get danger(): never {
        throw new Error('poison');
      },
    };
    const poisoned = { ...event, attributes };
    const marks = home.sigma.of('acme').match(poisoned)?.marks ?? [];
    expect(marks.map(({ ruleId }) => ruleId)).toEqual(['cheap']);
    const moved = home.deferring.look(1);
    expect(moved).toMatchObject([{ ruleId: 'broken', reason: 'fault', detail: 'poison' }]);
    expect(home.deferring.returnable()).toEqual([]);
    expect(home.sigma.of('acme').isDeferredFor(event)).toBe(true);
  });
});
