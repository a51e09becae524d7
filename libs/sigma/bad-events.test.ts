import { describe, expect, it } from 'vitest';
import { evaluatePlainly } from './evaluate/evaluate-plainly.ts';
import { parseEvent } from './evaluate/parse-event.ts';
import { JsonChunk } from './index/json-chunk.ts';
import { loadRules } from './rule/load-rules.ts';
import { RuleSet } from './rule-set.ts';

const ITEMS = [
  "F|contains: 'needle'",
  "F: '*'",
  'F: null',
  "F: ''",
  'F: 12',
  'F: true',
  "F|re: 'n..dle$'",
  "F|cidr: '10.0.0.0/8'",
  'F|gt: 5',
  'F|exists: true',
  'F|fieldref: G',
  'F|hour: 3',
  "F|base64offset|contains: 'needle'",
  "a.b.F|endswith: 'needle'",
  "__proto__.x: 'needle'",
  "constructor: 'needle'",
  "'|contains': 'needle'",
  "F|contains: '\\ud800needle'",
];

const { rules } = loadRules(
  ITEMS.flatMap((item, index) =>
    ['s', 'not s'].map((condition) => ({
      name: `${condition} ${index}`,
      text: `title: t\nlogsource: {product: test}\ndetection:\n  s:\n    ${item}\n  condition: ${condition}\n`,
    })),
  ),
);
const set = new RuleSet(rules);

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}"needle"${'}'.repeat(depth)}`;
const listed = (depth: number): string => `{"F":${'['.repeat(depth)}"needle"${']'.repeat(depth)}}`;

/** JSON that a hostile or broken sender may send in one line. */
const EVENTS: readonly (readonly [what: string, json: string])[] = [
  ['an empty object', '{}'],
  ['a number where text is expected', '{"F":12,"G":12}'],
  ['a boolean', '{"F":true}'],
  ['null', '{"F":null}'],
  ['an object', '{"F":{"x":"needle"}}'],
  ['an empty list', '{"F":[]}'],
  ['a list of everything', '{"F":[1,true,null,{"x":["needle"]},["needle"],""]}'],
  ['a number beyond 2^53', '{"F":12345678901234567890123,"G":12345678901234567890124}'],
  ['a number beyond doubles', '{"F":1e999}'],
  ['a negative zero', '{"F":-0}'],
  ['lone surrogates', '{"F":"\\ud800needle","G":"\\udc00\\ud800"}'],
  ['escapes of letters', '{"F":"\\u006eeedle","\\u0047":"needle"}'],
  ['control characters in escapes', '{"F":"\\u0000\\n\\t needle"}'],
  ['__proto__ as a name', '{"__proto__":{"x":"needle","F":"needle"},"constructor":"needle"}'],
  ['a name twice', '{"F":"needle","F":"other"}'],
  ['names of paths', '{"a.b.F":"x","a":{"b":{"F":"needle"}}}'],
  ['a value of 1 MB', `{"F":"${'x'.repeat(1024 * 1024)}needle"}`],
  ['a value of backslashes', `{"F":"${'\\\\'.repeat(50_000)}needle"}`],
  [
    'ten thousand members',
    `{${Array.from({ length: 10_000 }, (_, n) => `"m${n}":"v"`).join()},"F":"needle"}`,
  ],
  ['objects 100 deep', nested(100)],
  ['objects 3,000 deep', nested(3000)],
  ['lists 3,000 deep', listed(3000)],
  ['blanks everywhere', ' { "F" :\t[ "needle" , 1 ] , "G" : { } } '],
];

const NOT_EVENTS = [
  '',
  'null',
  '[]',
  '"needle"',
  '{',
  '{"F"',
  '{"F":',
  '{"F":"needle',
  '{"F":"a\nb"}',
  '{]',
  '{"F":1}x',
];

describe('an event of any shape', () => {
  it.each(EVENTS)('%s is matched as the plain evaluator says', (_, json) => {
    const event = parseEvent(json);
    if (event === undefined) throw new Error('the case is no JSON object');
    const expected = rules
      .filter(({ expression }) => evaluatePlainly(expression, event))
      .map(({ file }) => file);
    const matcher = set.matcherForAny();
    expect(matcher.match(event).map(({ file }) => file)).toEqual(expected);
    const line = Buffer.from(json);
    const numbers = matcher.matchJson(new JsonChunk(line), 0, line.length) ?? [];
    expect(numbers.map((number) => matcher.rules[number]?.file)).toEqual(expected);
  });

  it.each(NOT_EVENTS)('%j is said to be no event', (text) => {
    const line = Buffer.from(text);
    expect(set.matcherForAny().matchJson(new JsonChunk(line), 0, line.length)).toBeUndefined();
  });

  it('bytes that are changed at random never crash the matcher', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return (seed >>> 8) % below;
    };
    const matcher = set.matcherForAny();
    const original = Buffer.from(
      '{"F":["needle \\\\ \\u00e9\u00e9",12],"a":{"b":{"F":"x"}},"G":"needle"}',
    );
    for (let round = 0; round < 5000; round += 1) {
      const line = Buffer.from(original);
      for (let change = 0; change <= random(3); change += 1)
        line[random(line.length)] = random(256);
      matcher.matchJson(new JsonChunk(line), 0, line.length);
    }
    expect(matcher.asked.events).toBeGreaterThan(4999);
  });
});
