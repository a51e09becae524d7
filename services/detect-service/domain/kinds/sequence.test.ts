import { describe, expect, it } from 'vitest';
import { sampleEvent } from '../../testing/sample-event.ts';
import { buildRuleRegistry } from '../rule-registry.ts';

const login = { field: 'action', equals: 'login' };
const steps = [
  {
    name: 'failures',
    count: 3,
    condition: { all: [login, { field: 'outcome', equals: 'failure' }] },
  },
  { name: 'success', condition: { all: [login, { field: 'outcome', equals: 'success' }] } },
];
const valid = {
  id: 'guessed',
  name: 'guessed',
  version: 1,
  kind: 'sequence',
  title: 'Guessed',
  description: 'Something',
  severity: 5,
  category: 'auth',
  group_by: ['actor'],
  parameters: { steps, within_seconds: 600 },
  tags: [],
};
const withStep = (index: number, change: object) => ({
  ...valid,
  parameters: {
    ...valid.parameters,
    steps: steps.map((step, at) => (at === index ? { ...step, ...change } : step)),
  },
});
const ruleOf = (document: unknown) => {
  const [rule] = buildRuleRegistry([document]).rules;
  if (rule === undefined) throw new Error('no rule');
  return rule;
};

describe('a rule of kind sequence', () => {
  it('waits for each step as often as it is asked for', () => {
    const { window } = ruleOf(valid).counting;
    expect(window).toMatchObject({ windowMs: 600_000, sequence: [0, 0, 0, 1] });
  });

  it('needs no condition of its own: an event matches that meets a step', () => {
    const rule = ruleOf(valid);
    const event = sampleEvent({ category: 'auth', action: 'login', outcome: 'success' });
    expect(rule.matches(event)).toBe(true);
    expect(rule.counting.stepsOf?.(event)).toBe(2);
    expect(rule.matches(sampleEvent({ category: 'auth', action: 'logout' }))).toBe(false);
  });

  it('asks for its own condition too where it has one', () => {
    const rule = ruleOf({ ...valid, condition: { field: 'src_ip', exists: true } });
    const event = { category: 'auth', action: 'login', outcome: 'success' } as const;
    expect(rule.matches(sampleEvent(event))).toBe(false);
    expect(rule.matches(sampleEvent({ ...event, srcIp: '10.0.0.1' }))).toBe(true);
  });

  it('looks at the categories of all its steps, and at each step only for its own', () => {
    const document = withStep(1, { category: 'endpoint' });
    const registry = buildRuleRegistry([document]);
    expect(registry.candidates('auth')).toHaveLength(1);
    expect(registry.candidates('endpoint')).toHaveLength(1);
    expect(registry.candidates('network')).toHaveLength(0);
    const event = sampleEvent({ category: 'auth', action: 'login', outcome: 'success' });
    expect(ruleOf(document).matches(event)).toBe(false);
  });

  it('begins its count anew when its steps change, and goes on when only its words do', () => {
    const { id } = ruleOf(valid).counting.window;
    expect(ruleOf({ ...valid, title: 'Other', version: 2 }).counting.window.id).toBe(id);
    expect(ruleOf(withStep(0, { count: 4 })).counting.window.id).not.toBe(id);
  });

  it.each<[string, unknown, string]>([
    [
      'one step only',
      { ...valid, parameters: { steps: steps.slice(1), within_seconds: 9 } },
      '/parameters/steps',
    ],
    ['no time', { ...valid, parameters: { steps } }, '/parameters'],
    [
      'a time of 0',
      { ...valid, parameters: { steps, within_seconds: 0 } },
      '/parameters/within_seconds',
    ],
    ['a step without a name', withStep(0, { name: '' }), '/parameters/steps/0/name'],
    ['a step that comes 0 times', withStep(1, { count: 0 }), '/parameters/steps/1/count'],
    ['counts of more than 20 in all', withStep(1, { count: 18 }), '/parameters/steps'],
    [
      'a category that is none',
      withStep(1, { category: 'weather' }),
      '/parameters/steps/1/category',
    ],
    ['a member nobody knows', withStep(1, { often: 2 }), '/parameters/steps/1/often'],
    [
      'no condition in a step',
      withStep(1, { condition: undefined }),
      '/parameters/steps/1/condition',
    ],
    [
      'a field that does not exist',
      withStep(1, { condition: { any: [login, { field: 'nope', exists: true }] } }),
      '/parameters/steps/1/condition/any/1/field',
    ],
  ])('is refused with %s, at its place', (_name, document, pointer) => {
    expect(() => buildRuleRegistry([document])).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        errors: [expect.objectContaining({ pointer })],
      }),
    );
  });
});
