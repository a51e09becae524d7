import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCase } from '../text/fold-case.ts';
import { LazyRegex } from './lazy-regex.ts';
import { parseRegex } from './parse-regex.ts';
import { searchPlainly } from './plain-regex.ts';
import { RegexFault } from './regex-node.ts';
import { compileRegex } from './regex-program.ts';
import { requiredLiterals } from './required-literals.ts';

function search(source: string, flags: string, text: string): boolean {
  const program = compileRegex(parseRegex(source, flags));
  const lazy = new LazyRegex(program).search(unitsOf(text), 0, text.length);
  expect(searchPlainly(program, text), `${source} on ${text}`).toBe(lazy);
  return lazy;
}

function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at += 1) units[at] = text.charCodeAt(at);
  return units;
}

describe('a regular expression', () => {
  it.each([
    ['abc', '', 'xxabcxx', true],
    ['abc', '', 'ABC', false],
    ['abc', 'i', 'ABC', true],
    ['(?i)k', '', '\u212a', true],
    ['^abc$', '', 'abc', true],
    ['^abc$', '', 'abc\n', false],
    ['^b$', '', 'a\nb\nc', false],
    ['^b$', 'm', 'a\nb\nc', true],
    ['a.c', '', 'a\nc', false],
    ['a.c', 's', 'a\nc', true],
    ['a.c', '', 'a\u{1f600}c', true],
    ['^.$', '', '\u{1f600}', true],
    ['\\bset\\b', '', 'a set b', true],
    ['\\bset\\b', '', 'asetb', false],
    ['a{2,3}', '', 'a', false],
    ['x{1000,}', '', 'x'.repeat(1000), true],
    ['x{1000,}', '', 'x'.repeat(999), false],
    ['[^/]{3,}$', '', 'a/bcd', true],
    ['[]a]b', '', ']b', true],
    ['[a-c\\d]+z', '', '9z', true],
    ['(?:a|b|)c', '', 'c', true],
    ['(?P<name>a)b', '', 'ab', true],
    ['a(?i:b)c', '', 'aBc', true],
    ['a(?i:b)c', '', 'aBC', false],
    ['\\x41\\u0042', '', 'AB', true],
    ['a*?b', '', 'b', true],
    ['', '', '', true],
  ])('%s (%s) on %j is %s', (source, flags, text, found) => {
    expect(search(source, flags, text)).toBe(found);
  });

  it.each([
    '(?=a)',
    '(?<!a)b',
    '(a)\\1',
    '(?>a)',
    'a++',
    '\\p{L}',
    'a{3000}',
  ])('refuses %s, which does not run in linear time or is not in the dialect', (source) => {
    expect(() => compileRegex(parseRegex(source, ''))).toThrow(RegexFault);
  });

  it.each(['(', ')', '[a', '*a', 'a{3,2}', '[z-a]', 'a\\'])('refuses %s as not valid', (source) => {
    expect(() => parseRegex(source, '')).toThrow(RegexFault);
  });

  const atom = fc.constantFrom(
    'a',
    'b',
    'A',
    '.',
    '[ab]',
    '[^a]',
    '\\w',
    '\\b',
    '^',
    '$',
    '\\n',
    ' ',
  );
  const source = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      atom,
      fc.tuple(tie('node'), tie('node')).map(([x, y]) => `${x}${y}`),
      fc.tuple(tie('node'), tie('node')).map(([x, y]) => `(?:${x}|${y})`),
      fc
        .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}'))
        .map(([x, count]) => `(?:${x})${count}`),
    ),
  })).node as fc.Arbitrary<string>;

  it('finds what the engine of the language finds, and only that', () => {
    fc.assert(
      fc.property(
        source,
        fc.string({ unit: fc.constantFrom('a', 'b', 'B', '\n', ' ', 'c'), maxLength: 12 }),
        fc.constantFrom('', 'i', 'm', 's', 'im'),
        (text, input, flags) => {
          expect(search(text, flags, input)).toBe(new RegExp(text, flags).test(input));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('has one of its required literals in every text it is found in', () => {
    fc.assert(
      fc.property(
        source,
        fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 8 }),
        (text, input) => {
          const literals = requiredLiterals(parseRegex(text, 'i'));
          if (literals === undefined || !search(text, 'i', input)) return;
          expect(literals.some((literal) => foldCase(input).includes(literal))).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes time linear in the text, whatever the expression', () => {
    const hostile = compileRegex(parseRegex('(set).*&&\\s?set.*(a|b)*.*&&.*"', 'i'));
    const units = unitsOf('set&& set'.repeat(20_000));
    const regex = new LazyRegex(hostile);
    expect(regex.search(units, 0, units.length)).toBe(false);
  });
});
