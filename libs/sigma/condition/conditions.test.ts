import { describe, expect, it } from 'vitest';
import { matcherOf, refusalOf, ruleOfDetection } from '../testing/evaluate-everywhere.ts';

const detectionOf = (condition: string): string =>
  ruleOfDetection(
    `sel_a: {a: 1}\nsel_b: {b: 1}\nother: {c: 1}\n_hidden: {d: 1}\n1st: {e: 1}\nx-y: {f: 1}\nnotx: {g: 1}\ncondition: ${condition}`,
  );
const event = (letters: string): Record<string, number> =>
  Object.fromEntries([...letters].map((letter) => [letter, 1]));

/** Selections are true for the letters of an event: `ab` has `a` and `b`. */
const CASES: readonly (readonly [condition: string, matches: string[], misses: string[]])[] = [
  ['sel_a', ['a'], ['b', '']],
  ['sel_a and sel_b', ['ab'], ['a', 'b']],
  ['sel_a or sel_b', ['a', 'b'], ['c']],
  ['not sel_a', ['', 'b'], ['a']],
  ['not not sel_a', ['a'], ['']],
  ['sel_a or sel_b and other', ['a', 'bc'], ['b', 'c']],
  ['(sel_a or sel_b) and other', ['ac', 'bc'], ['a', 'ab']],
  ['not sel_a and sel_b', ['b'], ['ab', '']],
  ['not (sel_a and sel_b)', ['a', ''], ['ab']],
  ['sel_a and not (sel_b or other)', ['a'], ['ab', 'ac']],
  ['1 of sel_*', ['a', 'b'], ['c', '']],
  ['any of sel_*', ['b'], ['c']],
  ['all of sel_*', ['ab'], ['a', 'b']],
  ['1 of them', ['a', 'c', 'e', 'g'], ['d', '']],
  ['any of them', ['f'], ['d']],
  ['all of them', ['abcefg', 'abcdefg'], ['abc']],
  ['not 1 of sel_*', ['c', ''], ['a']],
  ['1 of *_a', ['a'], ['b']],
  ['1 of s*_b', ['b'], ['a']],
  ['all of *', ['abcefg'], ['abcd']],
  ['1 of _*', ['d'], ['a']],
  ['1 of sel_a', ['a'], ['b']],
  ['_hidden', ['d'], ['a']],
  ['1st and sel_a', ['ae'], ['a']],
  ['x-y', ['f'], ['a']],
  ['notx', ['g'], ['', 'a']],
  ['sel_a AND NOT sel_b OR other', ['a', 'c'], ['ab']],
  ['1 OF sel_* and ALL of other*', ['ac'], ['a']],
  ['(((sel_a)))', ['a'], ['b']],
  ['[sel_a, sel_b and other]', ['a', 'bc'], ['b']],
  ['>-\n    sel_a\n    and sel_b', ['ab'], ['a']],
];

describe('a condition', () => {
  it.each(CASES)('%s', (condition, matches, misses) => {
    const holds = matcherOf(detectionOf(condition));
    expect(matches.filter((letters) => !holds(event(letters)))).toEqual([]);
    expect(misses.filter((letters) => holds(event(letters)))).toEqual([]);
  });

  it.each([
    ["''", 'invalid_condition'],
    ['sel_a sel_b', 'invalid_condition'],
    ['sel_a and', 'invalid_condition'],
    ['and sel_a', 'invalid_condition'],
    ['not', 'invalid_condition'],
    ['(sel_a', 'invalid_condition'],
    ['sel_a)', 'invalid_condition'],
    ['()', 'invalid_condition'],
    ['sel_a xor sel_b', 'invalid_condition'],
    ['1 of', 'invalid_condition'],
    ['2 of sel_*', 'invalid_condition'],
    ['all sel_*', 'invalid_condition'],
    ['sel_*', 'invalid_condition'],
    ['{a: b}', 'invalid_condition'],
    ['[]', 'invalid_condition'],
    ['SEL_A', 'unknown_identifier'],
    ['sel_c', 'unknown_identifier'],
    ['1 of filter_*', 'unknown_identifier'],
    ['sel_a | count() > 5', 'deprecated_aggregation'],
    ['sel_a | near sel_b', 'deprecated_aggregation'],
  ])('%s is refused: %s', (condition, code) => {
    expect(refusalOf(detectionOf(condition))).toBe(code);
  });
});
