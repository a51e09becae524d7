import { describe, expect, it } from 'vitest';
import { evaluatePlainly } from '../evaluate/evaluate-plainly.ts';
import { loadRules } from './load-rules.ts';

const ID = '0a1b2c3d-0000-4000-8000-00000000000a';
const RULE = `title: r\nid: ${ID}\nname: rule_r\nlogsource: {product: windows, category: process_creation}\ndetection:\n  selection: {F: a}\n  filter_main: {G: system}\n  condition: selection and not 1 of filter_*\n`;
const EVENTS = ['', 'admin', 'backup', 'system'].map((G) => ({ F: 'a', G }));

function filterOf(
  rules: string,
  condition = 'not selection',
  logsource = '{product: windows}',
): string {
  return `title: f\nlogsource: ${logsource}\nfilter:\n  rules: ${rules}\n  selection: {G: admin}\n  selection_too: {G: backup}\n  filter_own: {H: 1}\n  condition: ${condition}\n`;
}

/** The values of `G` of the events that the rule still matches. */
function left(...filters: string[]): string[] {
  const text = [RULE, ...filters].join('---\n');
  const { rules, refused } = loadRules([{ name: 'r.yml', text }]);
  expect(refused).toEqual([]);
  const [rule] = rules;
  return EVENTS.filter((event) => rule && evaluatePlainly(rule.expression, event)).map(
    ({ G }) => G,
  );
}

describe('a filter', () => {
  it.each([
    ['by name', filterOf('[rule_r]'), ['', 'backup']],
    ['by id, in any case', filterOf(`[${ID.toUpperCase()}]`), ['', 'backup']],
    ['one alone without a list', filterOf('rule_r'), ['', 'backup']],
    ['any rule of the logsource', filterOf('any'), ['', 'backup']],
    ['any rule, said by an empty list', filterOf('[]'), ['', 'backup']],
    ['with a pattern of its own selections', filterOf('any', 'not 1 of selection*'), ['']],
    ['with them, its own selections', filterOf('any', 'not 1 of them'), ['']],
    [
      'whose pattern does not reach the selections of the rule',
      filterOf('any', 'not 1 of filter_*'),
      ['', 'admin', 'backup'],
    ],
    ['as written, when it says no not', filterOf('any', 'selection'), ['admin']],
    [
      'of the same category',
      filterOf('any', 'not selection', '{category: process_creation}'),
      ['', 'backup'],
    ],
    [
      'not of another product',
      filterOf('any', 'not selection', '{product: linux}'),
      ['', 'admin', 'backup'],
    ],
    [
      'not of a narrower logsource',
      filterOf('any', 'not selection', '{product: windows, service: sysmon}'),
      ['', 'admin', 'backup'],
    ],
  ])('changes rules %s', (_, filter, expected) => {
    expect(left(filter)).toEqual(expected);
  });

  it('joins another', () => {
    expect(left(filterOf('any'), filterOf('any', 'not selection_too'))).toEqual(['']);
  });

  it('stays though another of its file is refused', () => {
    const text = [RULE, filterOf('any'), filterOf('[nobody]')].join('---\n');
    const { rules } = loadRules([{ name: 'r.yml', text }]);
    const [rule] = rules;
    const event = { F: 'a', G: 'admin' };
    expect(rule && evaluatePlainly(rule.expression, event)).toBe(false);
  });

  it('without a not loads with a warning', () => {
    const { warnings } = loadRules([{ name: 'f.yml', text: filterOf('any', 'selection') }]);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('not selection'),
    ]);
  });

  it.each([
    [filterOf('[nobody]'), 'unknown_rule'],
    [filterOf('[{a: b}]'), 'invalid_member'],
    [filterOf('any').replace('  rules: any\n', ''), 'missing_member'],
    [filterOf('any', 'not nothing'), 'unknown_identifier'],
    [filterOf('any').replace('admin', "'%list%'").replace('G:', 'G|expand:'), 'invalid_value'],
    [filterOf('any').replace('title: f\n', ''), 'missing_member'],
  ])('that is wrong is refused: %#', (text, code) => {
    const { rules, refused } = loadRules([{ name: 'r.yml', text: `${RULE}---\n${text}` }]);
    expect(refused.map((fault) => fault.code)).toEqual([code]);
    expect(rules).toHaveLength(1);
  });
});
