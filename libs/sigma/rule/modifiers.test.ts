import { describe, expect, it } from 'vitest';
import type { EventRecord } from '../evaluate/event-record.ts';
import { matcherOf, refusalOf, ruleOfItem } from '../testing/evaluate-everywhere.ts';
import { loadRules } from './load-rules.ts';

/** An item, what it matches and what not. Values stand for events whose field `F` they are. */
type Case = readonly [item: string, matches: readonly unknown[], misses: readonly unknown[]];

const eventOf = (value: unknown): EventRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as EventRecord)
    : { F: value };

function table(title: string, cases: readonly Case[], lists: Record<string, string[]> = {}): void {
  describe(title, () => {
    it.each(cases)('%s', (item, matches, misses) => {
      const holds = matcherOf(ruleOfItem(item), { lists });
      expect(matches.filter((value) => !holds(eventOf(value)))).toEqual([]);
      expect(misses.filter((value) => holds(eventOf(value)))).toEqual([]);
    });
  });
}

const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64');
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

table('contains, startswith and endswith', [
  ["F|contains: 'ab'", ['ab', 'xab', 'abx', 'xABx', 'a\nab'], ['a b', 'ba', '', 12, null, {}]],
  ["F|startswith: 'ab'", ['ab', 'ABx', 'ab\n'], ['xab', 'a', '']],
  ["F|endswith: 'ab'", ['ab', 'xAB', '\nab'], ['abx', 'b', '']],
  ["F|contains: 'a*b'", ['a-b', 'xaxbx', 'a\nb'], ['ba', 'a']],
  ["F|startswith: 'a*b'", ['ab', 'axb-', 'a\nb'], ['xab', 'ax']],
  [
    "F|endswith: '\\Setup32_*RC.exe'",
    ['C:\\Setup32_1RC.exe'],
    ['C:\\Setup32_1RC.exe.bak', 'Setup32_RC.exe'],
  ],
  ["F|contains: '*ab*'", ['ab', 'xabx'], ['a']],
  ["F|contains: 'a?b'", ['a-b', 'x a\u{1f600}b x', 'a\nb'], ['ab', 'a--b']],
  ["F|contains: '\\*'", ['a*b'], ['ab']],
  ['F|contains: 46', ['x4688', 4688, '46'], ['4 6', 4]],
  ['F|endswith: 88', [4688, 'x88'], [8, 884]],
  ["F|contains: ''", ['', 'a', 0], [null, {}]],
  ['F|contains: [ab, cd]', ['xabx', 'cd'], ['ac']],
]);

table('all', [
  [
    'F|contains|all: [ab, cd]',
    ['abcd', 'cd ab', ['abcd', 'x'], ['ab', 'cd']],
    ['ab', 'cd', ['ab'], []],
  ],
  ["F|all: ['*a', 'b*']", ['ba', ['a', 'b']], ['a', 'b']],
  ['F|contains|all: ab', ['xab'], ['x']],
  ["F|contains|windash|all: [' -a', ' -b']", ['x -a /b', ' /a \u2013b'], [' -a', ' /b', ' -a -c']],
  ["'|all': [ab, cd]", ['ab cd', { G: 'ab', H: ['cd'] }], ['ab', { ab: 'cd' }]],
  ["'|contains|all': [ab, cd]", [{ G: 'ab', H: 'cd' }], ['ab']],
  ['F|all|neq: [a, b]', ['a', {}], [['a', 'b']]],
]);

table('cased', [
  ['F|cased: aB', ['aB'], ['ab', 'AB', 'xaB']],
  ['F|contains|cased: aB', ['xaBx'], ['xabx']],
  ['F|cased|startswith: aB', ['aBx'], ['abx', 'xaB']],
  ['F|endswith|cased: aB', ['xaB'], ['xab']],
  ["F|cased: 'a*B'", ['a-B'], ['a-b']],
  ["F|cased: 'k'", ['k'], ['\u212a', 'K']],
  ["'|cased': Needle", ['a Needle', { G: ['Needle'] }], ['a needle']],
  ['F|fieldref|cased: G', [{ F: 'aB', G: 'aB' }], [{ F: 'aB', G: 'ab' }]],
]);

table('re, with i, m and s', [
  ["F|re: 'a+b'", ['ab', 'xaab\n', ['x', 'ab']], ['AB', 'b', null, {}]],
  ["F|re: '^a.c$'", ['abc', 'a\u{1f600}c'], ['xabc', 'a\nc', 'abc\nx']],
  ["F|re|i: '^ab'", ['ABx', 'ab'], ['xab']],
  ["F|re|ignorecase: 'k'", ['K', '\u212a'], ['x']],
  ["F|re|m: '^b$'", ['a\nb\nc', 'b'], ['ab']],
  ["F|re|multiline: '^b'", ['a\nb'], ['ab']],
  ["F|re|s: 'a.b'", ['a\nb', 'a-b'], ['ab']],
  ["F|re|dotall: 'a.b'", ['a\nb'], ['ab']],
  ["F|re|i|m|s: '^a.B$'", ['x\nA\nb\ny'], ['xA\nb']],
  ["F|re: '(?i)ab'", ['AB'], ['a']],
  ["F|re: 'a*'", ['', 'b'], [null, {}]],
  ["F|re: '\\\\b?'", ['\\'], ['b']],
  ["F|re: 'a{2,3}\\b'", ['aa', 'xaaa '], ['a', 'aab']],
  ["F|re|contains: 'ab'", ['xabx'], ['ba']],
  ["F|re: '4[67]\\d'", [468, '478'], [458]],
  ["'|re': 'n..dle'", [{ G: 'needle' }], [{ needle: 'x' }]],
]);

table('base64 and base64offset, wide and utf16', [
  ['F|base64: foo', [base64('foo')], ['foo', `x${base64('foo')}`]],
  ['F|base64|contains: foo', [`x${base64('foo')}x`], ['foo']],
  [
    "F|base64offset|contains: 'foo bar'",
    ['', 'x', 'xy'].map((head) => base64(`${head}foo bar!`)),
    [base64('foobar')],
  ],
  [
    "F|base64offset|contains: '\u00e9t\u00e9'",
    ['', 'x', 'xy'].map((head) => base64(`${head}\u00e9t\u00e9?`)),
    ['\u00e9t\u00e9'],
  ],
  ['F|base64offset: foobar', ['', 'x', 'xy'].map((head) => base64(`${head}foobar.`)), ['foobar']],
  [
    'F|wide|base64offset|contains: foo',
    ['', 'x'].map((head) => base64(`${head}foo`, 'utf16le')),
    [base64('foo')],
  ],
  ['F|utf16le|base64: foo', [base64('foo', 'utf16le')], [base64('foo')]],
  ['F|utf16be|base64: foo', [utf16be('foo').toString('base64')], [base64('foo', 'utf16le')]],
  [
    'F|utf16|base64: foo',
    [Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('foo', 'utf16le')]).toString('base64')],
    [base64('foo', 'utf16le')],
  ],
  ['F|wide: ab', ['a\0b\0'], ['ab']],
  ['F|utf16be: ab', ['\0a\0b'], ['a\0b\0']],
  ['F|wide|contains: ab', ['x a\0b\0 x'], ['ab']],
]);

table('windash', [
  ["F|windash: '-a'", ['-a', '/a', '\u2013a', '\u2014a', '\u2015A'], ['a', '--a', '+a']],
  [
    "F|windash|contains: ' /accepteula'",
    ['x -accepteula', 'x /AcceptEula'],
    ['accepteula', 'x+accepteula'],
  ],
  ["F|contains|windash: '-a-b /c'", [' /a-b -c '], [' /a/b -c ']],
  ["F|windash|endswith: ' -a*z'", ['x /a and z'], ['x a and z']],
  ['F|windash: [-a, -b]', ['/b'], ['/c']],
  ["F|windash: '- a'", ['- a'], ['/ a']],
]);

table('cidr', [
  [
    'F|cidr: 10.0.0.0/8',
    ['10.1.2.3', '::ffff:10.1.2.3', ['x', '10.0.0.1']],
    ['11.0.0.1', '10.1.2', '10.1.2.3:80', 'x', '', 10, null, {}],
  ],
  ['F|cidr: 10.1.2.3', ['10.1.2.3'], ['10.1.2.4']],
  ["F|cidr: ['10.0.0.0/8', '192.168.0.0/16']", ['192.168.9.9'], ['192.169.0.1']],
  ["F|cidr: 'fe80::/10'", ['fe80::1', 'FEBF::', 'fe80::1%eth0'], ['fec0::1', '10.0.0.1']],
  ["F|cidr: '::ffff:10.0.0.0/104'", ['10.9.9.9'], ['11.0.0.1']],
  ['F|cidr: 0.0.0.0/0', ['1.2.3.4'], ['2001:db8::1']],
  ['F|cidr|neq: 10.0.0.0/8', ['11.0.0.1', 'x', {}], ['10.0.0.1']],
]);

table('lt, lte, gt and gte', [
  ['F|lt: 5', [4, '4', -1, 4.99], [5, 6, '5', 'x', '', null, true, {}]],
  ['F|lte: 5', [5, '5.0'], [5.01]],
  ['F|gt: 5', [6, '6', [1, 6], 9007199254740993n], [5, '5', '0x10', 'six']],
  ['F|gte: 5', [5, '5e0'], [4.5]],
  [
    'F|gt: 9007199254740992',
    [9007199254740993n, '9007199254740993'],
    [9007199254740991, '9007199254740992'],
  ],
  ['F|gt: -1.5', [-1, '-1.4'], [-2]],
  ['F|gt: [5, 100]', [6], [5]],
  ['F|gt|all: [5, 1]', [6], [3]],
]);

table('neq', [
  ['F|neq: a', ['b', '', null, {}], ['a', 'A', ['b', 'a']]],
  ['F|neq: [a, b]', ['c', {}], ['a', 'b']],
  ['F|contains|neq: a', ['b'], ['xax']],
  ['F|neq: null', ['a', ''], [null, {}]],
  ['F|gt|neq: 5', [5, 'x', {}], [6]],
  ['F|fieldref|neq: G', [{ F: 'a', G: 'b' }, { F: 'a' }], [{ F: 'a', G: 'A' }]],
]);

table('exists', [
  ['F|exists: true', ['a', '', null, [], { F: {} }], [{}, { f: 1 }]],
  ['F|exists: false', [{}, { G: 1 }], ['a', null]],
  [
    'a.b|exists: true',
    [{ a: { b: null } }, { 'a.b': 1 }, { a: [{ c: 1 }, { b: 1 }] }],
    [{ a: 1 }, { a: { c: 1 } }],
  ],
]);

table('fieldref', [
  [
    'F|fieldref: G',
    [
      { F: 'a', G: 'A' },
      { F: 1, G: '1' },
      { F: ['x', 'a'], G: 'a' },
    ],
    [{ F: 'a', G: 'b' }, { F: 'a' }, { G: 'a' }, { F: null, G: null }],
  ],
  [
    'F|fieldref|startswith: G',
    [{ F: 'C:\\x\\y.exe', G: 'c:\\x' }],
    [{ F: 'c:\\x', G: 'c:\\x\\y' }],
  ],
  ['F|fieldref|endswith: G', [{ F: 'x\\y', G: '\\Y' }], [{ F: 'y\\x', G: '\\y' }]],
  ['F|fieldref|contains: G', [{ F: 'abc', G: 'B' }], [{ F: 'abc', G: 'd' }]],
  ['F|contains|fieldref: G', [{ F: 'abc', G: 'B' }], [{ F: 'abc', G: 'd' }]],
  ['F|fieldref: a.b', [{ F: 'x', a: { b: 'x' } }], [{ F: 'x', a: { b: 'y' } }]],
  ['F|fieldref|contains: G', [{ F: 'a*c', G: '*' }], [{ F: 'abc', G: '*' }]],
]);

table(
  'expand',
  [
    ["F|expand: '%admins%'", ['root', 'ADM-7'], ['%admins%', 'user']],
    ["F|expand|contains: '%admins%'", ['x root y'], ['x']],
    ["F|contains|expand: 'a%admins%'", ['xarootx'], ['root']],
    ["F|expand: '%admins%@%hosts%'", ['root@h1', 'adm-1@h2'], ['root@', 'root@h3']],
    ["F|expand: '\\%admins%'", ['%admins%'], ['root']],
    ["F: '%admins%'", ['%admins%'], ['root']],
    ["F|re|expand: '^%hosts%$'", ['h1'], ['xh1', 'h3']],
    ["F|expand|all: ['%hosts%', 'h*']", ['h1'], ['h3']],
  ],
  { admins: ['root', 'adm-*'], hosts: ['h1', 'h2'] },
);

table('minute, hour, day, week, month and year', [
  ['F|minute: 5', ['2024-12-30T23:05:59Z', 1735599900], ['2024-12-30T05:06:00Z', 'x', null, {}]],
  [
    'F|hour: 23',
    ['2024-12-30T23:05:00Z', '2024-12-31T01:05:00+02:00', '2024-12-30 23:05'],
    ['2024-12-30T22:00:00Z'],
  ],
  ['F|day: 30', ['2024-12-30'], ['2024-12-29']],
  ['F|week: 1', ['2024-12-30', '2025-01-01', '2026-01-01'], ['2024-12-29', '2023-01-01']],
  ['F|month: 12', ['2024-12-30'], ['2024-11-30']],
  ['F|year: 2024', ['2024-12-30T23:05:00Z', '1735599900', 1735599900000], ['2025-01-01']],
  ['F|hour|gte: 22', ['2024-12-30T23:05:00Z'], ['2024-12-30T21:59:59Z']],
  ['F|lt|hour: 6', ['2024-12-30T05:59:00Z'], ['2024-12-30T06:00:00Z']],
  ['F|hour: [1, 2]', ['2024-12-30T02:00:00Z'], ['2024-12-30T03:00:00Z']],
]);

describe('a modifier that makes no sense where it stands', () => {
  it.each([
    ['F|contain: x', 'unknown_modifier'],
    ["F|contains|re: 'x'", 'invalid_modifier'],
    ["F|base64|re: 'x'", 'invalid_modifier'],
    ['F|windash|cidr: 10.0.0.0/8', 'invalid_modifier'],
    ['F|contains|gt: 5', 'invalid_modifier'],
    ['F|base64|fieldref: G', 'invalid_modifier'],
    ["F|re|base64: 'x'", 'invalid_value'],
    ['F|i: x', 'invalid_value'],
    ["F|base64: 'a*'", 'invalid_value'],
    ["F|base64offset|contains: 'a*b'", 'invalid_value'],
    ["F|base64offset|contains: 'a'", 'invalid_value'],
    ["F|base64: ''", 'invalid_value'],
    ["F|fieldref: 'G*'", 'invalid_value'],
    ["F|fieldref: ''", 'invalid_value'],
    ['F|gt: x', 'invalid_value'],
    ['F|hour: x', 'invalid_value'],
    ['F|cidr: 10.0.0.1/8', 'invalid_cidr'],
    ['F|cidr: 10.0.0.0/33', 'invalid_cidr'],
    ["F|cidr: 'fe80::%eth0/64'", 'invalid_cidr'],
    ["F|re: '['", 'invalid_regex'],
    ["F|re: '(?=a)'", 'unsupported_regex'],
    ["F|re: 'a++'", 'unsupported_regex'],
    ["F|re: '(?>a)'", 'unsupported_regex'],
    ['F|exists: 1', 'invalid_modifier'],
    ['F|exists|contains: true', 'invalid_modifier'],
    ["'|exists': true", 'invalid_modifier'],
    ["'|fieldref': G", 'invalid_modifier'],
    ["'|gt': 5", 'invalid_modifier'],
    ['F|contains: null', 'invalid_value'],
  ])('%s is refused: %s', (item, code) => {
    expect(refusalOf(ruleOfItem(item))).toBe(code);
  });
});

describe('expand without its list', () => {
  it('leaves the rule inactive, also within a regular expression', () => {
    for (const item of ["F|expand: '%admins%'", "F|re|expand: '%admins%x'"]) {
      const { rules, inactive } = loadRules([{ name: 'r', text: ruleOfItem(item) }]);
      expect(rules).toEqual([]);
      expect(inactive.map(({ placeholders }) => placeholders)).toEqual([['admins']]);
    }
  });
});
