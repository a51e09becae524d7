import { describe, expect, it } from 'vitest';
import { caseVariants, foldCase, foldCodePoint } from './fold-case.ts';

describe('case folding', () => {
  it.each([
    ['ABC', 'abc'],
    ['\u212a', 'k'],
    ['\u017f', 's'],
    ['\u03c2', '\u03c3'],
    ['\u0130', '\u0130'],
    ['\u0131', '\u0131'],
    ['\u00df', '\u00df'],
    ['\u1e9e', '\u00df'],
    ['\u{10400}', '\u{10428}'],
    ['\u00b5', '\u03bc'],
    ['\ud800A', '\ud800a'],
  ])('of %j is %j', (text, folded) => {
    expect(foldCase(text)).toBe(folded);
  });

  it('is that of regular expressions with i and u, for every code point that has a case', () => {
    const wrong: number[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      const folded = foldCodePoint(code);
      const hasCase =
        character.toLowerCase() !== character || character.toUpperCase() !== character;
      if (!hasCase && folded === code) continue;
      // The engine folds by the same table of Unicode: what it holds for one letter folds to one.
      const same = new RegExp(`^\\u{${folded.toString(16)}}$`, 'iu');
      if (!same.test(character) || foldCodePoint(folded) !== folded) wrong.push(code);
    }
    expect(wrong).toEqual([]);
  });

  it('knows all letters that fold to one', () => {
    expect([...caseVariants(0x212a)].sort()).toEqual([0x212a, 0x4b, 0x6b].sort());
    expect(caseVariants(0x31)).toEqual([0x31]);
  });
});
