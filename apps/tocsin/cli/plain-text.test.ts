import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from './plain-text.ts';
import { type Column, formatTable } from './table.ts';

describe('plainText', () => {
  it.each([
    ['\u001b[2Jgone', '\\x1b[2Jgone'],
    ['two\nlines\r', 'two\\x0alines\\x0d'],
    ['abc\u202edef', 'abc\\u202edef'],
    ['Grüße, 世界', 'Grüße, 世界'],
  ])('shows %j as %j', (text, shown) => {
    expect(plainText(text)).toBe(shown);
  });

  const obeyed = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

  it('leaves nothing that a terminal obeys, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        expect(obeyed.test(plainText(text))).toBe(false);
      }),
    );
  });
});

describe('formatTable', () => {
  const columns: readonly Column<{ name?: string; n?: number }>[] = [
    { heading: 'NAME', cell: (row) => row.name, widthMax: 8 },
    { heading: 'N', cell: (row) => row.n, right: true },
  ];

  it('aligns columns, cuts long cells and marks absent ones', () => {
    const rows = [{ name: 'a very long name', n: 7 }, { n: 12_345 }];
    expect(formatTable(rows, columns)).toBe('NAME          N\na very …      7\n-         12345');
  });

  it('keeps one line per row when a cell holds line ends', () => {
    expect(formatTable([{ name: 'a\nb' }], columns).split('\n')).toHaveLength(2);
  });
});
