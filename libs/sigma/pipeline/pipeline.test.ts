import { describe, expect, it } from 'vitest';
import { evaluatePlainly } from '../evaluate/evaluate-plainly.ts';
import { loadSigma } from '../load-sigma.ts';
import { applyPipelines } from './apply-pipelines.ts';
import { parsePipelines } from './parse-pipeline.ts';

const RULES = `title: A
name: a
tags: [attack.t1059]
logsource: {product: windows, category: process_creation}
detection:
  sel: {Image|endswith: '\\cmd.exe', 'User|fieldref': ParentUser}
  filter: {Image: 'C:\\cmd.exe'}
  words: ['evil']
  condition: (sel and not filter) or words
---
title: B
name: b
logsource: {product: linux}
detection: {sel: {Image: x}, condition: sel}
---
title: Count
name: count
correlation: {type: event_count, rules: a, group-by: [User], timespan: 1m, condition: {gte: 2}}
`;

function apply(...texts: string[]) {
  const parsed = texts.map((text) => parsePipelines({ name: 'p.yml', text }));
  expect(parsed.flatMap(({ refused }) => refused)).toEqual([]);
  const content = loadSigma([{ name: 'r.yml', text: RULES }]);
  return applyPipelines(
    content,
    parsed.flatMap(({ pipelines }) => pipelines),
  );
}

/** Names of the rules that an event meets, whatever its logsource. */
function met(content: ReturnType<typeof apply>, event: Record<string, unknown>): string[] {
  return content.rules
    .filter((rule) => evaluatePlainly(rule.expression, event))
    .map(({ name }) => name);
}

const step = (body: string) =>
  `name: test\npriority: 10\ntransformations:\n  - ${body.replaceAll('\n', '\n    ')}\n`;
const CMD = 'D:\\cmd.exe';

describe('applyPipelines', () => {
  it('maps fields where the conditions on the rule hold, also those that are compared', () => {
    const text = step(
      'id: map\ntype: field_name_mapping\nmapping: {Image: process.executable, User: u, ParentUser: p}\nrule_conditions:\n  - {type: logsource, product: windows}',
    );
    const content = apply(text);
    expect(met(content, { process: { executable: CMD }, u: 'ann', p: 'Ann' })).toEqual(['a']);
    expect(met(content, { Image: CMD, User: 'ann', ParentUser: 'ann' })).toEqual([]);
    expect(met(content, { Image: 'x' })).toEqual(['b']);
  });

  it('asks for any of several fields, and for none of them under not', () => {
    const content = apply(step('type: field_name_mapping\nmapping: {Image: [i1, i2]}'));
    const more = { User: 'a', ParentUser: 'a' };
    expect(met(content, { i1: CMD, ...more })).toEqual(['a']);
    expect(met(content, { i2: CMD, ...more })).toEqual(['a']);
    expect(met(content, { i1: CMD, i2: 'c:\\cmd.exe', ...more })).toEqual([]);
  });

  it.each([
    [
      'type: field_name_prefix\nprefix: win.',
      { 'win.Image': CMD, 'win.User': 'a', 'win.ParentUser': 'a' },
    ],
    ['type: field_name_suffix\nsuffix: _s', { Image_s: CMD, User_s: 'a', ParentUser_s: 'a' }],
    [
      'type: field_name_prefix_mapping\nmapping: {Im: x_, Pare: y_}',
      { x_age: CMD, User: 'a', y_ntUser: 'a' },
    ],
    [
      'type: field_name_prefix\nprefix: p.\nfield_name_conditions:\n  - {type: include_fields, fields: [Image]}',
      { 'p.Image': CMD, User: 'a', ParentUser: 'a' },
    ],
    [
      'type: field_name_prefix\nprefix: p.\nfield_name_conditions:\n  - {type: exclude_fields, fields: [Image]}',
      { Image: CMD, 'p.User': 'a', 'p.ParentUser': 'a' },
    ],
    [
      'type: field_name_prefix\nprefix: p.\nrule_conditions:\n  - {type: tag, tag: attack.t9999}',
      { Image: CMD, User: 'a', ParentUser: 'a' },
    ],
    [
      'type: field_name_prefix\nprefix: p.\nrule_conditions:\n  - {type: is_sigma_correlation_rule}\n  - {type: contains_field, field: Absent}\nrule_cond_op: or',
      { Image: CMD, User: 'a', ParentUser: 'a' },
    ],
  ])('%s', (body, event) => {
    expect(met(apply(step(body)), event)).toEqual(['a']);
  });

  it('adds conditions, and runs steps in order of priority', () => {
    const add = step('id: add\ntype: add_condition\nconditions: {EventID: 1}').replace('10', '20');
    const map = step(
      'type: field_name_mapping\nmapping: {EventID: event.code}\nrule_conditions:\n  - {type: processing_item_applied, processing_item_id: add}',
    ).replace('10', '30');
    const content = apply(map, add);
    expect(met(content, { Image: 'x', EventID: 1 })).toEqual([]);
    expect(met(content, { Image: 'x', 'event.code': 1 })).toEqual(['b']);
    expect(
      met(apply(add.replace('conditions:', 'negated: true\n    conditions:')), {
        Image: 'x',
        EventID: 1,
      }),
    ).toEqual([]);
  });

  it('maps the fields of correlations as in the rules they count', () => {
    const content = apply(step('type: field_name_mapping\nmapping: {User: [u1, u2]}'));
    expect(content.correlations[0]?.plan).toMatchObject({
      groupBy: ['User'],
      inputs: [{ groupFields: ['u1'] }],
    });
  });

  it.each([
    [
      'type: replace_string\nregex: a\nreplacement: b',
      'unsupported_transformation',
      '"replace_string"',
    ],
    ['type: nest\nitems: []', 'unsupported_transformation', '"nest"'],
    [
      'type: field_name_prefix\nprefix: p\ndetection_item_conditions: []',
      'unsupported_transformation',
      '"detection_item_conditions"',
    ],
    [
      'type: field_name_prefix\nprefix: p\nrule_conditions: [{type: rule_attribute}]',
      'unsupported_transformation',
      '"rule_attribute"',
    ],
    [
      'type: field_name_prefix\nprefix: p\nfield_name_conditions: [{type: include_fields, fields: [a], mode: re}]',
      'unsupported_transformation',
      '"re"',
    ],
    ['type: add_condition\nconditions: {$a: b}', 'unsupported_transformation', 'template'],
    ['type: field_name_prefix', 'invalid_pipeline', 'prefix is missing'],
    ['type: field_name_mapping\nmapping: [a]', 'invalid_pipeline', 'mapping is a map'],
  ])('refuses %j by name', (body, code, words) => {
    const { pipelines, refused } = parsePipelines({ name: 'p.yml', text: step(body) });
    expect(pipelines).toEqual([]);
    expect(refused).toMatchObject([
      { code, file: 'p.yml', message: expect.stringContaining(words) },
    ]);
  });

  it('refuses what comes after conversion: queries are not made here', () => {
    const { refused } = parsePipelines({
      name: 'p.yml',
      text: 'name: x\ntransformations: []\nfinalizers: []\n',
    });
    expect(refused).toMatchObject([{ code: 'unsupported_transformation', line: 3 }]);
  });
});
