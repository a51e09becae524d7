import type { RuleDocument } from '@tocsin/content/rule-document.ts';
import { describe, expect, it } from 'vitest';
import { sampleEvent } from '../testing/sample-event.ts';
import { tryRule } from './try-rule.ts';

const failure = { field: 'outcome', equals: 'failure' } as const;
const rule: RuleDocument = {
  id: 'tried',
  name: 'tried',
  version: 1,
  kind: 'sequence',
  title: 'Tried',
  description: 'Tried',
  severity: 5,
  category: 'auth',
  logsources: [{ product: 'windows' }],
  group_by: ['actor'],
  parameters: {
    within_seconds: 60,
    steps: [
      { name: 'failures', count: 2, condition: failure },
      { name: 'change', category: 'endpoint', condition: { field: 'action', equals: 'change' } },
    ],
  },
  tags: [],
};
let number = 0;
const event = (second: number, what: 'failure' | 'change', actorId = 'kim') => {
  number += 1;
  const members = { eventId: `e${number}`, timestamp: second * 1000, actorId };
  if (what === 'change') return sampleEvent({ ...members, category: 'endpoint', action: 'change' });
  return sampleEvent({ ...members, category: 'auth', outcome: 'failure' });
};

describe('tryRule', () => {
  it('tells the alerts that events would have opened, in whatever order they are shown', () => {
    const trial = tryRule(rule);
    const seen = [event(30, 'change'), event(20, 'failure'), event(10, 'failure')];
    expect(seen.map((one) => trial.note(one))).toEqual(Array(3).fill({ group: 'kim' }));
    expect(trial.alerts()).toMatchObject([
      { group: 'kim', episode: { count: 3, firstAt: 10_000, lastAt: 30_000 } },
    ]);
  });

  it('says which categories it looks at and takes no event of another', () => {
    const trial = tryRule(rule);
    expect(trial.categories).toEqual(['auth', 'endpoint']);
    expect(trial.note(sampleEvent({ category: 'network', outcome: 'failure' }))).toBeUndefined();
  });

  it('opens nothing for steps of different groups, or too far apart', () => {
    const trial = tryRule(rule);
    for (const one of [event(1, 'failure'), event(2, 'failure'), event(3, 'change', 'ann')]) {
      trial.note(one);
    }
    trial.note(event(61, 'change'));
    expect(trial.alerts()).toEqual([]);
  });

  it('counts one alert for one episode, however long it goes on', () => {
    const trial = tryRule({ ...rule, kind: 'match', condition: failure, parameters: {} });
    for (let second = 0; second < 50; second += 1) trial.note(event(second, 'failure'));
    expect(trial.alerts()).toMatchObject([{ episode: { count: 50 } }]);
  });
});
