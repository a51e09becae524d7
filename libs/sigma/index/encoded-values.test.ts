import { describe, expect, it } from 'vitest';
import { loadRules } from '../rule/load-rules.ts';
import { RuleSet } from '../rule-set.ts';
import { JsonChunk } from './json-chunk.ts';

function rule(title: string, lines: readonly string[]): string {
  return [
    `title: ${title}`,
    'logsource: {product: windows}',
    'detection:',
    '  s:',
    ...lines.map((line) => `    ${line}`),
    '  condition: s',
  ].join('\n');
}

const RULES = [
  rule('beyond', ['Product|contains: Microsoft®']),
  rule('ascii', ['Product|endswith: System']),
  rule('expression', ['Product|re: ^Microsoft.{2}Windows\\S Operating']),
  rule('short', ['Product|contains: ®', 'Company|exists: true']),
  rule('other field', ['Product|fieldref: Same']),
  rule('cased', ['Product|contains|cased: Windows®']),
];
const PRODUCT = 'Microsoft® Windows® Operating System';
const TIMES = 6;

function chunkOf(lines: readonly string[]): { chunk: JsonChunk; ends: readonly number[] } {
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  const ends: number[] = [];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) ends.push(at);
  return { chunk: new JsonChunk(bytes), ends };
}

/** Titles of the rules that each line matches; undefined for what is no JSON. */
function matchLines(lines: readonly string[], memo: boolean): readonly (string | undefined)[] {
  const matcher = new RuleSet(loadRules([{ name: 'r.yml', text: RULES.join('\n---\n') }]).rules, {
    memo,
  }).matcherForAny();
  const { chunk, ends } = chunkOf(lines);
  return ends.map((end, line) => {
    const numbers = matcher.matchJson(chunk, line === 0 ? 0 : (ends[line - 1] ?? 0) + 1, end);
    return numbers?.map((number) => matcher.rules[number]?.title).join();
  });
}

describe('a value that is not spelled as automata read it', () => {
  it.each([
    ['beyond ASCII', PRODUCT],
    ['with escapes', 'Microsoft\\u00ae Windows\\u00AE Operating System'],
  ])('matches the same from memory: %s', (_, product) => {
    const lines = Array.from({ length: TIMES }, (__, number) => {
      const same = number % 2 === 0 ? PRODUCT : 'another';
      return `{"Product":"${product}","Same":"${same}","Company":"${number}"}`;
    });
    const all = 'beyond,ascii,expression,short,other field,cased';
    const found = matchLines(lines, true);
    expect(found.filter((_line, number) => number % 2 === 0)).toEqual([all, all, all]);
    expect(found).toEqual(matchLines(lines, false));
  });

  it('is refused each time when it is not valid', () => {
    const lines = Array.from({ length: TIMES }, () => '{"Product":"Microsoft\\u00zz System"}');
    expect(matchLines(lines, true)).toEqual(lines.map(() => undefined));
  });
});
