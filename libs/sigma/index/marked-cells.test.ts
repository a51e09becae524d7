import { describe, expect, it } from 'vitest';
import { MarkedCells } from './marked-cells.ts';

const BLOCK = 65_536;
const MARKS = [Buffer.from('\\u'), Buffer.from('\\/')];

function cellsOf(bytes: Buffer): MarkedCells {
  return new MarkedCells(bytes, MARKS);
}

describe('marked cells', () => {
  it.each([
    0,
    63,
    64,
    1000,
    BLOCK - 2,
    BLOCK - 1,
    BLOCK,
    2 * BLOCK - 1,
    3 * BLOCK - 2,
  ])('a mark that starts at %d is seen, and no cell but its own is marked', (place) => {
    const bytes = Buffer.alloc(3 * BLOCK, 0x61);
    bytes.write('\\u', place);
    const cells = cellsOf(bytes);
    const cell = place - (place % 64);
    expect(cells.touches(place, place + 1)).toBe(true);
    expect(cells.touches(0, cell)).toBe(false);
    expect(cells.touches(cell + 64, bytes.length)).toBe(false);
    expect(cells.touches(0, bytes.length)).toBe(true);
  });

  it('ranges may be asked in any order', () => {
    const bytes = Buffer.alloc(200, 0x61);
    bytes.write('\\/', 100);
    const cells = cellsOf(bytes);
    expect(cells.touches(128, 200)).toBe(false);
    expect(cells.touches(90, 110)).toBe(true);
    expect(cells.touches(0, 64)).toBe(false);
  });

  it('an empty range and empty bytes touch none', () => {
    expect(cellsOf(Buffer.alloc(0)).touches(0, 0)).toBe(false);
    expect(cellsOf(Buffer.from('\\u')).touches(0, 0)).toBe(false);
  });
});
