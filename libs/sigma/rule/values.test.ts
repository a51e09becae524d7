import { describe, expect, it } from 'vitest';
import type { EventRecord } from '../evaluate/event-record.ts';
import {
  matcherOf,
  refusalOf,
  ruleOfDetection,
  ruleOfItem,
} from '../testing/evaluate-everywhere.ts';

/** An item, and values of the field `F` that it matches and does not match; `undefined` is the absent field. */
type Case = readonly [item: string, matches: readonly unknown[], misses: readonly unknown[]];

function table(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    it.each(cases)('%s', (item, matches, misses) => {
      const holds = matcherOf(ruleOfItem(item));
      const meets = (value: unknown): boolean => holds(value === undefined ? {} : { F: value });
      expect(matches.filter((value) => !meets(value))).toEqual([]);
      expect(misses.filter(meets)).toEqual([]);
    });
  });
}

table('text is the whole value in any case', [
  ['F: abc', ['abc', 'ABC', ['x', 'Abc']], ['abcd', 'xabc', '', null, undefined, {}]],
  ["F: 'k\u00e9'", ['\u212a\u00c9', 'K\u00e9'], ['ke']],
  ["F: '\u017fs'", ['SS', 'ss', 'S\u017f'], ['\u00df']],
  ["F: '\u03c3'", ['\u03c2', '\u03a3'], ['s']],
  ["F: '\u0130'", ['\u0130'], ['i', 'I', 'i\u0307']],
  ["F: '\u{10400}'", ['\u{10428}'], ['a']],
  ["F: 'a\\nb'", ['a\\nb'], ['a\nb']],
  ['F: "a\\nb"', ['a\nb'], ['a\\nb']],
  ["F: ''", ['', ['', 'a']], [' ', '-', null, undefined, 0]],
]);

table('wildcards and their escapes', [
  ["F: 'a*'", ['a', 'ab', 'a\nb', 'A*'], ['ba', undefined]],
  ["F: '*a*b'", ['ab', 'x\na\nb'], ['abx']],
  ["F: 'a?b'", ['a-b', 'a\u{1f600}b', 'a\nb'], ['ab', 'a--b']],
  ["F: '?*'", ['a', 'ab'], ['']],
  ["F: '*'", ['', 'a', 0, false, [1], {}], [null, undefined, [null]]],
  ["F: 'a\\*'", ['a*'], ['ab', 'a\\*']],
  ["F: 'a\\?'", ['a?'], ['ab']],
  ["F: 'a\\b'", ['a\\b'], ['ab']],
  ["F: 'a\\\\b'", ['a\\b'], ['a\\\\b']],
  ["F: 'a\\\\\\\\b'", ['a\\\\b'], ['a\\b']],
  ["F: 'a\\\\*'", ['a\\', 'a\\xyz'], ['a', 'a*']],
  ["F: 'a\\\\\\*'", ['a\\*'], ['a\\x']],
  ["F: 'a\\'", ['a\\'], ['a']],
  ["F: '\\\\\\\\server\\share'", ['\\\\server\\share'], ['\\server\\share']],
]);

table('numbers', [
  ['F: 4688', [4688, '4688', [1, 4688]], [46880, '04688', '0x1250', '4688.0', true]],
  ['F: -1', [-1, '-1'], [1, 255]],
  ['F: 1.5', [1.5, '1.5'], [1, '1.50']],
  ['F: 1.0', [1, '1'], ['1.0']],
  ['F: 0x17', [23, '23'], ['0x17', 17]],
  [
    'F: 9007199254740993',
    [9007199254740993n, '9007199254740993'],
    [9007199254740992n, '9007199254740992'],
  ],
  ['F: 12345678901234567890123', [12345678901234567890123n], [12345678901234567890124n]],
  ['F: 0', [0, -0, '0'], ['', false, null, '-0']],
  ["F: '4688'", [4688, '4688'], [468]],
  ['F: 00000429', ['00000429'], ['429', 429]],
  ['F: 0777', ['0777'], [777, 511]],
  ['F: 12e4567', ['12e4567', '12E4567'], ['Infinity']],
  ['F: 1e3', ['1e3'], [1000]],
  ['F: [1, a, null]', [1, 'A', null, undefined], [2, '']],
]);

table('truth values', [
  ['F: true', [true, 'true', 'TRUE'], [false, 1, '1', 'yes', null]],
  ['F: false', [false, 'False'], [true, 0, '', undefined]],
  ["F: 'true'", [true, 'True'], [1]],
  ['F: yes', ['yes'], [true]],
]);

table('null and absence', [
  ['F: null', [null, undefined, [], [null]], ['', 'null', 0, false, {}, ['a', null]]],
  ['F:', [null, undefined], ['']],
  ['F: []', [null, undefined], ['a']],
  ["F: [null, '']", [null, undefined, ''], ['a']],
]);

describe('lists and nesting', () => {
  const cases: readonly (readonly [
    detection: string,
    matches: readonly EventRecord[],
    misses: readonly EventRecord[],
  ])[] = [
    ['s: {F: a, G: b}\ncondition: s', [{ F: 'a', G: 'B' }], [{ F: 'a' }, { F: 'b', G: 'a' }]],
    [
      's: [{F: a}, {G: b, H: c}]\ncondition: s',
      [{ F: 'a' }, { G: 'b', H: 'c' }],
      [{ G: 'b' }, { F: 'x' }],
    ],
    [
      's: [needle, F, 7]\ncondition: s',
      [{ x: 'a needle' }, { x: { y: ['xfx'] } }, { x: 172 }],
      [{ needle: 'x' }, { F: 'x' }],
    ],
    ['s: needle\ncondition: s', [{ x: 'NEEDLE!' }], [{ needle: 1 }]],
    ["s: ['n*e']\ncondition: s", [{ x: 'a\nnee dle' }], [{ x: 'n', y: 'e' }]],
    ['s: [{F: a}, needle]\ncondition: s', [{ F: 'a' }, { x: 'needle' }], [{ F: 'b' }]],
    [
      's: [[{F: a}], [x1, {G: b}]]\ncondition: s',
      [{ F: 'a' }, { G: 'b' }, { y: 'x1' }],
      [{ F: 'b' }],
    ],
    [
      's: {a.b: x}\ncondition: s',
      [{ 'a.b': 'x' }, { a: { b: 'x' } }, { a: [{ b: 'y' }, { b: ['x'] }] }],
      [{ 'a.b': 'y', a: { b: 'x' } }, { a: 'x' }, { b: 'x' }],
    ],
    ['s: {F: a}\ncondition: not s', [{ F: 'b' }, {}, { F: [] }], [{ F: ['b', 'a'] }]],
    [
      's: {cs-uri-query: x, "@t": y, "a b": z}\ncondition: s',
      [{ 'cs-uri-query': 'x', '@t': 'y', 'a b': 'z' }],
      [{ 'cs-uri-query': 'x' }],
    ],
    ['s: {F: x}\ncondition: s', [{ F: 'x' }], [{ f: 'x' }]],
    ['s: {__proto__: x}\ncondition: s', [JSON.parse('{"__proto__":"x"}')], [{}]],
    [
      's: {F|contains: a, F|endswith: b}\ncondition: s',
      [{ F: 'ab' }, { F: ['a', 'b'] }],
      [{ F: 'a' }],
    ],
  ];
  it.each(cases)('%s', (detection, matches, misses) => {
    const holds = matcherOf(ruleOfDetection(detection));
    expect(matches.filter((event) => !holds(event))).toEqual([]);
    expect(misses.filter(holds)).toEqual([]);
  });

  it.each([
    ['s: {}\ncondition: s', 'empty_detection'],
    ['s: []\ncondition: s', 'empty_detection'],
    ['s:\ncondition: s', 'empty_detection'],
    ['s: [{}]\ncondition: s', 'empty_detection'],
    ["s: {'|contains': []}\ncondition: s", 'empty_detection'],
    ['s: [null]\ncondition: s', 'invalid_modifier'],
    ['s: {F: {a: b}}\ncondition: s', 'invalid_value'],
    ['s: {F: [[a]]}\ncondition: s', 'invalid_value'],
    ['condition: s', 'empty_detection'],
  ])('%s is refused: %s', (detection, code) => {
    expect(refusalOf(ruleOfDetection(detection))).toBe(code);
  });
});
