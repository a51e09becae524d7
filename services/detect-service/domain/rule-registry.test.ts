import { RULE_PACK } from '@tocsin/content/rule-pack.ts';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { sampleEvent } from '../testing/sample-event.ts';
import type { RuleKind } from './rule-kind.ts';
import { RULE_KINDS } from './rule-kinds.ts';
import { buildRuleRegistry } from './rule-registry.ts';

const valid = {
  id: 'a-rule',
  name: 'a_rule',
  version: 1,
  kind: 'threshold',
  title: 'A rule',
  description: 'Something',
  severity: 5,
  category: 'auth',
  condition: { field: 'action', equals: 'login' },
  parameters: { threshold: 3, window_seconds: 60 },
  tags: [],
};

describe('buildRuleRegistry', () => {
  it('takes the rules that come with the product', () => {
    expect(buildRuleRegistry(RULE_PACK).rules).toHaveLength(RULE_PACK.length);
  });

  it('gives an event only the rules of its category', () => {
    const registry = buildRuleRegistry([valid, { ...valid, id: 'b', category: 'network' }]);
    expect(registry.candidates('auth').map((rule) => rule.document.id)).toEqual(['a-rule']);
    expect(registry.candidates('ops')).toEqual([]);
  });

  it('looks back by the longest window plus lateness of any rule', () => {
    expect(buildRuleRegistry([valid]).longestLookbackMs).toBe(360_000);
    expect(buildRuleRegistry([]).longestLookbackMs).toBe(0);
  });

  it.each<[string, unknown, string]>([
    ['nothing', null, ''],
    ['a text', 'rule', ''],
    ['no title', { ...valid, title: undefined }, '/title'],
    ['an id with a slash', { ...valid, id: 'a/b' }, '/id'],
    ['severity 11', { ...valid, severity: 11 }, '/severity'],
    ['an unknown category', { ...valid, category: 'weather' }, '/category'],
    ['an unknown kind', { ...valid, kind: 'magic' }, '/kind'],
    ['no condition', { ...valid, condition: undefined }, '/condition'],
    ['an unknown operator', { ...valid, condition: { field: 'action', like: 'x' } }, '/condition'],
    [
      'an unknown field',
      { ...valid, condition: { field: 'nope', equals: 'x' } },
      '/condition/field',
    ],
    ['an unknown group', { ...valid, group_by: ['actor.id', 'nope'] }, '/group_by/1'],
    [
      'a threshold of 0',
      { ...valid, parameters: { threshold: 0, window_seconds: 1 } },
      '/parameters/threshold',
    ],
    ['no window', { ...valid, parameters: { threshold: 3 } }, '/parameters'],
    [
      'a parameter of another kind',
      { ...valid, parameters: { ...valid.parameters, x: 1 } },
      '/parameters',
    ],
    [
      'a sum over no field',
      { ...valid, parameters: { ...valid.parameters, sum: 'nope' } },
      '/parameters/sum',
    ],
  ])('refuses %s and points at it', (_, document, pointer) => {
    expect(() => buildRuleRegistry([document])).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        errors: [expect.objectContaining({ pointer: expect.stringContaining(pointer) })],
      }),
    );
  });

  it('refuses two rules with one id', () => {
    expect(() => buildRuleRegistry([valid, valid])).toThrow(/another rule has this id/);
  });

  it('takes a further kind of rule from the list of kinds alone (A-057)', () => {
    const every: RuleKind = {
      name: 'every_other',
      parameters: Type.Object({}, { additionalProperties: false }),
      needsGroup: false,
      counting: (document) => ({
        window: { id: document.id, windowMs: 1000, threshold: 2, latenessMs: 0 },
        weigh: () => 1,
      }),
    };
    const document = { ...valid, kind: 'every_other', parameters: {} };
    const [rule] = buildRuleRegistry([document], [...RULE_KINDS, every]).rules;
    expect(rule?.counting.window.threshold).toBe(2);
  });
});

describe('a rule', () => {
  const [rule] = buildRuleRegistry([
    {
      ...valid,
      logsources: [{ product: 'linux', service: 'sudo' }, { product: 'windows' }],
      group_by: ['source.host', 'actor'],
    },
  ]).rules;
  const event = { action: 'login', sourceHost: 'h', actorId: 'ann' };
  const triple = (product: string, service: string) => ({ product, category: '', service });

  it.each([
    ['all stated keys of one triple', [triple('linux', 'auth'), triple('linux', 'sudo')], true],
    ['keys of two triples', [triple('linux', 'auth'), triple('macos', 'sudo')], false],
    ['the second logsource', [triple('windows', 'sysmon')], true],
    ['no triple', [], false],
  ])('applies by %s: %s', (_, logsources, expected) => {
    expect(rule?.matches(sampleEvent({ ...event, logsources }))).toBe(expected);
  });

  it('makes one key of several values, and no two lists share one', () => {
    const keyOf = (sourceHost: string, actorId: string) =>
      rule?.groupOf(sampleEvent({ ...event, sourceHost, actorId }));
    expect(keyOf('h', 'ann')).toBe('["h","ann"]');
    expect(keyOf('a","b', 'c')).not.toBe(keyOf('a', 'b","c'));
    expect(keyOf('', 'ann')).toBeUndefined();
  });

  it('of kind match alerts also on an event without a value to group by', () => {
    const document = { ...valid, kind: 'match', parameters: {}, group_by: ['source.host'] };
    const [match] = buildRuleRegistry([document]).rules;
    expect(match?.groupOf(sampleEvent({ action: 'login' }))).toBe('');
  });

  it('without group_by is grouped by the actor, else the target, else the host', () => {
    const document = { ...valid, kind: 'match', parameters: {} };
    const [match] = buildRuleRegistry([document]).rules;
    const full = { actorId: 'ann', targetId: 'db', sourceHost: 'h' };
    expect(match?.groupOf(sampleEvent(full))).toBe('ann');
    expect(match?.groupOf(sampleEvent({ ...full, actorId: '' }))).toBe('db');
    expect(match?.groupOf(sampleEvent({ sourceHost: 'h' }))).toBe('h');
  });
});
