import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOrdinals, readOrdinals } from './ordinal-ranges.ts';

describe('ordinals printed as runs', () => {
  it('come back as they were', () => {
    const ordinals = fc.uniqueArray(fc.nat(2000)).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(ordinals, (list) => {
        expect(readOrdinals(formatOrdinals(list))).toEqual(list);
      }),
    );
  });

  it('take a few bytes when they stand in a row', () => {
    expect(formatOrdinals([])).toBe('');
    expect(formatOrdinals(Array.from({ length: 512 }, (_, at) => at))).toBe('0-511');
    expect(formatOrdinals([0, 1, 2, 5, 7, 8])).toBe('0-2,5,7-8');
  });
});
