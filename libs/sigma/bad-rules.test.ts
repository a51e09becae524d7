import { describe, expect, it } from 'vitest';
import type { FaultCode } from './fault.ts';
import { loadSigma } from './load-sigma.ts';

const HEAD = 'title: t\nlogsource: {product: test}\n';
const rule = (detection: string): string => `${HEAD}detection:\n${detection}`;
const item = (line: string): string => rule(`  s:\n    ${line}\n  condition: s\n`);
const aliases = (): string => {
  const levels = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level += 1) {
    const before = Array.from({ length: 10 }, () => `*a${level - 1}`);
    levels.push(`a${level}: &a${level} [${before.join(', ')}]`);
  }
  return `${levels.join('\n')}\n${item('F: x')}`;
};
const keysOf = (count: number): string =>
  [...Array.from({ length: count }, (_, index) => `k${index}: x`), 'k0: x'].join('\n    ');
const listOf = (count: number): string =>
  `F|contains:\n${Array.from({ length: count }, (_, index) => `      - l${index}`).join('\n')}`;

/** What people and attackers write, and how it is refused. */
const CASES: readonly (readonly [what: string, text: () => string, code: FaultCode])[] = [
  ['YAML of 10 MB', () => `# ${'x'.repeat(10 * 1024 * 1024)}\n${item('F: x')}`, 'yaml_too_large'],
  ['an alias bomb', aliases, 'yaml_too_many_nodes'],
  ['deep nesting', () => `a: ${'['.repeat(200)}${']'.repeat(200)}`, 'yaml_too_deep'],
  ['lists 100,000 deep', () => `a: ${'['.repeat(100_000)}`, 'yaml_too_deep'],
  ['maps 10,000 deep', () => `a: ${'{a: '.repeat(10_000)}${'}'.repeat(10_000)}`, 'yaml_too_deep'],
  ['a key that comes twice', () => item('F: x\n    F: y'), 'yaml_invalid'],
  [
    'a map of 100,000 keys, of which the last comes twice',
    () => item(keysOf(100_000)),
    'yaml_invalid',
  ],
  ['an alias without an anchor', () => item('F: *nobody'), 'yaml_invalid'],
  ['an alias of what it stands in', () => `a: &a [*a]\n${item('F: x')}`, 'yaml_too_deep'],
  ['a document that is a list', () => '- a\n- b\n', 'document_not_a_map'],
  [
    'no title',
    () => 'logsource: {product: test}\ndetection: {s: {F: x}, condition: s}',
    'missing_member',
  ],
  ['no detection', () => HEAD, 'missing_member'],
  [
    '10,000 nested parentheses',
    () => rule(`  s: {F: x}\n  condition: ${'('.repeat(10_000)}s${')'.repeat(10_000)}\n`),
    'condition_too_deep',
  ],
  ['100,000 literals', () => item(listOf(100_000)), 'too_many_values'],
  ['a windash explosion', () => item(`F|windash: '${' -a'.repeat(12)}'`), 'invalid_value'],
  [
    'windash of many values that stand for too many together',
    () =>
      item(
        `F|windash:\n${Array.from({ length: 200 }, (_, n) => `      - '${' -a'.repeat(5)} x${n}'`).join('\n')}`,
      ),
    'too_many_values',
  ],
  [
    'not 10,000 times',
    () => rule(`  s: {F: x}\n  condition: ${'not '.repeat(10_000)}s\n`),
    'condition_too_deep',
  ],
  [
    'a condition of 12,000 parts',
    () => rule(`  s: {F: x}\n  condition: ${Array(12_000).fill('s').join(' or ')}\n`),
    'condition_too_deep',
  ],
  ['an invalid regular expression', () => item("F|re: '(a'"), 'invalid_regex'],
  ['look-ahead', () => item("F|re: 'a(?=b)'"), 'unsupported_regex'],
  ['look-behind', () => item("F|re: '(?<!a)b'"), 'unsupported_regex'],
  ['a back-reference', () => item("F|re: '(a)\\1'"), 'unsupported_regex'],
  ['a counted repeat without end', () => item("F|re: '(a{1,1000}){1,1000}'"), 'unsupported_regex'],
  ['an invalid network', () => item("F|cidr: '10.0.0.0/99'"), 'invalid_cidr'],
  ['a network that is none', () => item("F|cidr: 'everywhere'"), 'invalid_cidr'],
  ['an unknown modifier', () => item('F|contain: x'), 'unknown_modifier'],
  ['a number compared with text', () => item('F|gt: many'), 'invalid_value'],
  ['an empty map', () => rule('  s: {}\n  condition: s\n'), 'empty_detection'],
  [
    'an identifier nobody defines',
    () => rule('  s: {F: x}\n  condition: s and t\n'),
    'unknown_identifier',
  ],
  [
    'a pattern that selects nothing',
    () => rule('  s: {F: x}\n  condition: 1 of t*\n'),
    'unknown_identifier',
  ],
  [
    'a condition that ends early',
    () => rule('  s: {F: x}\n  condition: s and\n'),
    'invalid_condition',
  ],
  [
    'an aggregation',
    () => rule('  s: {F: x}\n  condition: s | count() by F > 5\n'),
    'deprecated_aggregation',
  ],
  [
    'a filter of a rule that is not there',
    () =>
      'title: f\nlogsource: {product: test}\nfilter:\n  rules: [nobody]\n  s: {F: x}\n  condition: not s\n',
    'unknown_rule',
  ],
];

describe('a bad rule', () => {
  it.each(CASES)('%s is refused with its place and code', (_, text, code) => {
    const good = { name: 'good.yml', text: item('F: good') };
    const { rules, refused } = loadSigma([good, { name: 'bad.yml', text: text() }]);
    expect(refused.map((fault) => [fault.file, fault.code])).toEqual([['bad.yml', code]]);
    const [fault] = refused;
    expect(fault?.line).toBeGreaterThan(0);
    expect(fault?.column).toBeGreaterThan(0);
    expect(fault?.message.length).toBeGreaterThan(10);
    expect(fault?.message.length).toBeLessThan(400);
    expect(rules.map(({ file }) => file)).toEqual(['good.yml']);
  });

  it('reads 30,000 anchors and aliases in the time they need, the nearest anchor of a name', () => {
    const names = Array.from({ length: 30_000 }, (_, index) => index);
    const anchors = names.map((index) => `  - &a${index} x${index}`).join('\n');
    const aliases = names.map((index) => `  - *a${index}`).join('\n');
    const text = `x:\n${anchors}\ny:\n${aliases}\nz: [&n old, &n new]\n${item('F: *n')}`;
    const [rule] = loadSigma([{ name: 'many.yml', text }]).rules;
    expect(JSON.stringify(rule?.expression)).toContain('new');
    expect(rule?.metadata['y']).toHaveLength(30_000);
  });

  it('refuses correlations that refer to each other in a circle, and to nobody', () => {
    const correlation = (name: string, of: string): string =>
      `title: ${name}\nname: ${name}\ncorrelation:\n  type: event_count\n  rules: [${of}]\n  timespan: 1m\n  group-by: [U]\n  condition: {gte: 2}\n`;
    const files = [
      ['a', 'b'],
      ['b', 'a'],
      ['c', 'nobody'],
    ].map(([name = '', of = '']) => ({ name, text: correlation(name, of) }));
    const { correlations, refused } = loadSigma(files);
    expect(correlations).toEqual([]);
    expect(refused.map(({ file }) => file).sort()).toEqual(['a', 'b', 'c']);
  });
});
