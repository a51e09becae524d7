import { describe, expect, it } from 'vitest';
import { loadRules } from '../rule/load-rules.ts';
import { compileCorrelations } from './compile-correlations.ts';
import { CorrelationRunner } from './run-correlations.ts';

function rule(name: string): string {
  return `title: ${name}\nname: ${name}\nlogsource: {product: x}\ndetection: {sel: {a: '${name}'}, condition: sel}\n`;
}

const RULES = ['fail', 'win', 'drop'].map(rule).join('---\n');

function correlation(body: string, name = 'corr'): string {
  const lines = body.split('\n').map((line) => `  ${line}`);
  return `title: ${name}\nname: ${name}\nlevel: high\ncorrelation:\n${lines.join('\n')}\n`;
}

function load(...bodies: string[]) {
  const documents = bodies.map((body, index) => correlation(body, `corr${index}`));
  const loaded = loadRules([{ name: 'r.yml', text: [RULES, ...documents].join('---\n') }]);
  expect(loaded.refused).toEqual([]);
  return { loaded, compiled: compileCorrelations(loaded) };
}

type Row = readonly [at: number, rules: string, fields: Record<string, unknown>];

/** Seconds at which each correlation found something. */
function run(bodies: string | readonly string[], rows: readonly Row[], until = 100_000) {
  const { loaded, compiled } = load(...[bodies].flat());
  expect(compiled.refused).toEqual([]);
  const runner = new CorrelationRunner(compiled.correlations, { latenessMs: 0 });
  const findings = rows.flatMap(([at, names, fields], index) =>
    runner.add(
      `e${index}`,
      at * 1000,
      fields,
      loaded.rules.filter((one) => names.split(' ').includes(one.name)),
    ),
  );
  findings.push(...runner.advance(until * 1000));
  return findings.map(({ correlation: { name }, result }) => ({
    ...result,
    name,
    at: result.at / 1000,
  }));
}

const GROUPED = 'group-by: [user]\ntimespan: 10s';
const ann = { user: 'ann' };

describe('correlations of each type', () => {
  it('event_count counts the events of a group', () => {
    const body = `type: event_count\nrules: [fail]\n${GROUPED}\ncondition: {gte: 3}`;
    const rows: Row[] = [
      [1, 'fail', ann],
      [2, 'fail', { user: 'bob' }],
      [3, 'fail', ann],
      [4, 'win', ann],
      [5, 'fail', ann],
    ];
    expect(run(body, rows)).toMatchObject([
      { at: 5, value: 3, values: { user: 'ann' }, memberIds: ['e0', 'e2', 'e4'] },
    ]);
    expect(run(body, rows.slice(0, 4))).toEqual([]);
  });

  it('event_count counts an event once though two of its rules match', () => {
    const body = `type: event_count\nrules: [fail, win]\n${GROUPED}\ncondition: {gte: 2}`;
    expect(run(body, [[1, 'fail win', ann]])).toEqual([]);
    expect(
      run(body, [
        [1, 'fail', ann],
        [2, 'win', ann],
      ]),
    ).toHaveLength(1);
  });

  it('compares groups exactly after their string form', () => {
    const body = `type: event_count\nrules: fail\n${GROUPED}\ncondition: {gte: 2}`;
    expect(
      run(body, [
        [1, 'fail', { user: 'Ann' }],
        [2, 'fail', ann],
      ]),
    ).toEqual([]);
    expect(
      run(body, [
        [1, 'fail', { user: 7 }],
        [2, 'fail', { user: '7' }],
      ]),
    ).toHaveLength(1);
  });

  it('value_count counts distinct values, or combinations of several fields', () => {
    const one = `type: value_count\nrules: fail\n${GROUPED}\ncondition: {field: host, gt: 2}`;
    const hosts = (...names: string[]): Row[] =>
      names.map((host, at) => [at, 'fail', { ...ann, host }]);
    expect(run(one, hosts('a', 'a', 'b', 'b'))).toEqual([]);
    expect(run(one, hosts('a', 'b', 'A'))).toMatchObject([{ at: 2, value: 3 }]);
    const pair = `type: value_count\nrules: fail\n${GROUPED}\ncondition: {field: [host, port], gte: 3}`;
    const rows: Row[] = [
      [1, 'fail', { ...ann, host: 'a', port: 1 }],
      [2, 'fail', { ...ann, host: 'a', port: 2 }],
      [3, 'fail', { ...ann, host: 'b', port: 1 }],
    ];
    expect(run(pair, rows)).toHaveLength(1);
  });

  it.each([
    ['value_sum', '{field: n, gt: 100}', ['40', 60, 1], 101],
    ['value_sum', '{field: n, gt: 100}', [40, '60', 'much'], undefined],
    ['value_avg', '{field: n, gt: 14}', [10, 20], 15],
    ['value_avg', '{field: n, gt: 15}', [10, 20], undefined],
    ['value_median', '{field: n, gte: 6}', [1, 9, 6], 6],
    ['value_median', '{field: n, gte: 5}', [1, 2, 9], undefined],
    ['value_percentile', '{field: n, percentile: 90, gte: 9}', [1, 2, 9], 9],
    ['value_percentile', '{field: n, gte: 3}', [1, 2, 9], undefined],
  ])('%s %s over %j finds %s', (type, condition, numbers, value) => {
    const body = `type: ${type}\nrules: fail\n${GROUPED}\ncondition: ${condition}`;
    const rows = numbers.map((n, at): Row => [at, 'fail', { ...ann, n }]);
    expect(run(body, rows).at(-1)?.value).toBe(value);
  });

  it('temporal wants every rule in any order, and one event may satisfy two', () => {
    const body = `type: temporal\nrules: [fail, win]\n${GROUPED}`;
    expect(
      run(body, [
        [1, 'win', ann],
        [2, 'fail', ann],
      ]),
    ).toHaveLength(1);
    expect(run(body, [[1, 'win fail', ann]])).toHaveLength(1);
    expect(
      run(body, [
        [1, 'win', ann],
        [11, 'fail', ann],
      ]),
    ).toEqual([]);
    expect(run(`${body}\ncondition: {gte: 1}`, [[1, 'win', ann]])).toHaveLength(1);
  });

  it('temporal_ordered wants them in order', () => {
    const body = `type: temporal_ordered\nrules: [fail, win]\n${GROUPED}`;
    expect(
      run(body, [
        [1, 'win', ann],
        [2, 'fail', ann],
      ]),
    ).toEqual([]);
    expect(
      run(body, [
        [1, 'win', ann],
        [2, 'fail', ann],
        [3, 'win', ann],
      ]),
    ).toMatchObject([{ at: 3 }]);
    expect(
      run(body, [
        [1, 'fail', ann],
        [1, 'win', ann],
      ]),
    ).toHaveLength(1);
  });

  it('temporal_ordered wants a rule twice that is named twice, and some of its rules with gte', () => {
    const twice = `type: temporal_ordered\nrules: [fail, fail, win]\n${GROUPED}`;
    expect(
      run(twice, [
        [1, 'fail', ann],
        [2, 'win', ann],
      ]),
    ).toEqual([]);
    expect(
      run(twice, [
        [1, 'fail', ann],
        [2, 'fail', ann],
        [3, 'win', ann],
      ]),
    ).toHaveLength(1);
    const some = `type: temporal_ordered\nrules: [fail, win, drop]\n${GROUPED}\ncondition: {gte: 2}`;
    expect(
      run(some, [
        [1, 'fail', ann],
        [2, 'drop', ann],
      ]),
    ).toHaveLength(1);
    expect(
      run(some, [
        [1, 'drop', ann],
        [2, 'fail', ann],
      ]),
    ).toEqual([]);
  });

  it.each([
    ['temporal_extended', 'fail and (win or drop)', 'drop fail', 1],
    ['temporal_extended', 'fail and (win or drop)', 'drop win', 0],
    ['temporal', 'fail and win', 'win fail', 1],
    ['temporal_extended', 'fail and not win', 'fail drop', 1],
    ['temporal_extended', 'fail and not win', 'fail win', 0],
    ['temporal_ordered_extended', 'fail and (win or drop)', 'fail drop', 1],
    ['temporal_ordered_extended', 'fail and (win or drop)', 'drop fail', 0],
    ['temporal_ordered_extended', 'fail and win and not drop', 'fail win', 1],
    ['temporal_ordered_extended', 'fail and win and not drop', 'fail drop win', 0],
  ])('%s: %s over %s', (type, condition, sequence, count) => {
    const body = `type: ${type}\n${GROUPED}\ncondition: ${condition}`;
    expect(
      run(
        body,
        sequence.split(' ').map((name, at): Row => [at, name, ann]),
      ),
    ).toHaveLength(count);
  });

  it('judges less, equal, not equal and ranges once, when the window has ended', () => {
    const body = (condition: string) =>
      `type: event_count\nrules: fail\n${GROUPED}\ncondition: ${condition}`;
    const rows = [1, 2, 3].map((at): Row => [at, 'fail', ann]);
    expect(run(body('{eq: 3}'), rows, 12)).toMatchObject([{ at: 3, value: 3 }]);
    expect(run(body('{eq: 3}'), rows, 10)).toEqual([]);
    expect(run(body('{gte: 2, lt: 4}'), rows, 12)).toHaveLength(1);
    expect(run(body('{gte: 2, lt: 3}'), rows, 12)).toEqual([]);
    expect(run(body('{lt: 4}'), rows, 12)).toMatchObject([{ at: 3, value: 3 }]);
    expect(run(body('{neq: 3}'), rows, 12)).toEqual([]);
    expect(run(body('{eq: 0}'), rows, 100_000)).toHaveLength(10);
  });

  it('takes aliases for groups and fields, carries them, and has one group without group-by', () => {
    const body =
      'type: temporal\nrules: [fail, win]\ngroup-by: [who]\ntimespan: 10s\naliases:\n  who: {fail: src, win: dst}\n  host: {fail: h1}';
    expect(
      run(body, [
        [1, 'fail', { src: 'ann', h1: 'x' }],
        [2, 'win', { dst: 'ann', host: 'y' }],
      ]),
    ).toMatchObject([{ values: { who: 'ann', host: 'y' } }]);
    expect(
      run(body, [
        [1, 'fail', { src: 'ann' }],
        [2, 'win', { src: 'ann' }],
      ]),
    ).toEqual([]);
    expect(
      run('type: temporal\nrules: [fail, win]\ntimespan: 10s', [
        [1, 'fail', { src: 1 }],
        [2, 'win', {}],
      ]),
    ).toHaveLength(1);
  });

  it('chains: a result is an event with the values of its group', () => {
    const burst = `type: event_count\nrules: fail\n${GROUPED}\ncondition: {gte: 2}`;
    const then = 'type: temporal_ordered\nrules: [corr0, win]\ngroup-by: [user]\ntimespan: 10s';
    const rows: Row[] = [
      [1, 'fail', ann],
      [2, 'fail', ann],
      [5, 'win', ann],
    ];
    expect(run([burst, then], rows)).toMatchObject([
      { name: 'corr0', at: 2 },
      { name: 'corr1', at: 5 },
    ]);
    expect(run([burst, then], rows.slice(1))).toEqual([]);
  });

  it('watches expected groups that were never seen', () => {
    const body = `type: event_count\nrules: fail\n${GROUPED}\ncondition: {lt: 1}\nexpected-groups: [host1]`;
    const silent = run(body, [[0, 'fail', ann]], 30).filter(
      ({ values }) => values['user'] === 'host1',
    );
    expect(silent.map(({ at }) => at)).toEqual([9.999, 19.999, 29.999]);
  });
});

describe('correlation documents', () => {
  it('keep the rules they refer to from alerting, unless they generate', () => {
    const body = `type: event_count\nrules: [fail]\n${GROUPED}\ncondition: {gte: 3}`;
    expect([...load(body).compiled.silent]).toEqual(['fail']);
    expect([...load(`${body}\ngenerate: true`).compiled.silent]).toEqual([]);
  });

  it('wait with a rule that waits for lists', () => {
    const waiting =
      'title: w\nname: w\nlogsource: {product: x}\ndetection: {sel: {"a|expand": "%list%"}, condition: sel}\n';
    const text = [
      waiting,
      correlation('type: event_count\nrules: w\ntimespan: 1m\ncondition: {gte: 2}'),
    ].join('---\n');
    const compiled = compileCorrelations(loadRules([{ name: 'r.yml', text }]));
    expect(compiled.inactive).toMatchObject([{ title: 'corr', placeholders: ['list'] }]);
    expect(compiled.correlations).toEqual([]);
  });

  const good = 'type: event_count\nrules: fail\ntimespan: 1m';
  it.each([
    ['type: near\nrules: fail\ntimespan: 1m', 'invalid_correlation', 'type must be one of'],
    ['rules: fail\ntimespan: 1m', 'invalid_correlation', 'type must be one of'],
    ['type: temporal\ntimespan: 1m', 'missing_member', 'rules is missing'],
    ['type: temporal\nrules: [absent]\ntimespan: 1m', 'unknown_rule', '"absent" is no id or name'],
    ['type: temporal\nrules: [corr0]\ntimespan: 1m', 'cyclic_correlation', 'break the circle'],
    [good, 'missing_member', 'gte: 10'],
    [`${good}\ncondition: {gte: 1, field: a}`, 'invalid_correlation', 'looks at no field'],
    [`${good}\ncondition: {gte: many}`, 'invalid_correlation', 'followed by a number'],
    [`${good}\ncondition: {gte: 2000000}`, 'invalid_correlation', 'at most 1000000'],
    [`${good}\ncondition: {above: 2}`, 'invalid_correlation', 'no part of a condition'],
    [`${good}\ncondition: fail`, 'invalid_member', 'gte: 10'],
    [
      `${good}\ncondition: {gte: 2}\ngroupby: [a]`,
      'invalid_correlation',
      'no part of a correlation',
    ],
    [`${good}\ncondition: {gte: 2}\ngenerate: perhaps`, 'invalid_correlation', 'true or false'],
    [`${good}\ncondition: {gte: 2}\naliases: {a: {win: b}}`, 'unknown_rule', 'not among the rules'],
    [`${good}\ncondition: {gte: 2}\nexpected-groups: [a]`, 'invalid_correlation', '0 values'],
    [
      'type: value_sum\nrules: fail\ntimespan: 1m\ncondition: {gte: 2}',
      'invalid_correlation',
      'needs the field',
    ],
    [
      'type: value_percentile\nrules: fail\ntimespan: 1m\ncondition: {gte: 2, field: a, percentile: 101}',
      'invalid_correlation',
      'up to 100',
    ],
    [
      'type: event_count\nrules: fail\ncondition: {gte: 2}',
      'missing_member',
      'timespan is missing',
    ],
    [
      'type: event_count\nrules: fail\ntimespan: 1 fortnight\ncondition: {gte: 2}',
      'invalid_correlation',
      'such as 5m',
    ],
    [
      'type: event_count\nrules: fail\ntimespan: 0s\ncondition: {gte: 2}',
      'invalid_correlation',
      'above 0',
    ],
    [
      'type: temporal_extended\nrules: [fail]\ntimespan: 1m\ncondition: win',
      'invalid_correlation',
      'not among the rules',
    ],
    [
      'type: temporal_extended\nrules: [fail, win]\ntimespan: 1m\ncondition: win',
      'invalid_correlation',
      'what "fail" is for',
    ],
    [
      'type: temporal_extended\ntimespan: 1m\ncondition: not win',
      'invalid_correlation',
      'does not happen alone',
    ],
    [
      'type: temporal_extended\ntimespan: 1m\ncondition: win and (',
      'invalid_condition',
      'expected',
    ],
    [
      'type: temporal_ordered\nrules: [fail, win]\ntimespan: 1m\ncondition: {lt: 2}',
      'invalid_correlation',
      'takes gte',
    ],
  ])('refuse %j as %s', (body, code, words) => {
    const { compiled } = load(body);
    const [fault] = compiled.refused;
    expect(fault).toMatchObject({ code, file: 'r.yml', message: expect.stringContaining(words) });
    expect(fault?.line).toBeGreaterThan(10);
    expect(compiled.correlations).toEqual([]);
  });

  it('refuse a chain nine deep, and keep the eight below', () => {
    const bodies = Array.from(
      { length: 9 },
      (_, index) =>
        `type: event_count\nrules: ${index === 0 ? 'fail' : `corr${index - 1}`}\ntimespan: 1m\ncondition: {gte: 1}`,
    );
    const { compiled } = load(...bodies);
    expect(compiled.correlations).toHaveLength(8);
    expect(compiled.refused).toMatchObject([{ message: expect.stringContaining('8 deep') }]);
  });
});
