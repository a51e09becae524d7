import { isProblem } from '@tocsin/kernel/problem.ts';
import { describe, expect, it } from 'vitest';
import { readSortCursor, writeSortCursor } from './sort-cursor.ts';
import { timeCursors } from './time-cursor.ts';

const position = { at: [8, 1_700_000_000_000], id: '00000000-0000-4000-8000-000000000001' };

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return isProblem(error) ? error.code : String(error);
  }
  return 'read';
}

describe('cursors of sorted lists', () => {
  it('lead back to the row they were made of', () => {
    expect(readSortCursor('severity', 2, writeSortCursor('severity', position))).toEqual(position);
  });

  it.each([
    ['another order', () => readSortCursor('newest', 2, writeSortCursor('severity', position))],
    ['too few values', () => readSortCursor('severity', 1, writeSortCursor('severity', position))],
    [
      'another list',
      () => readSortCursor('newest', 1, timeCursors.write({ at: 1, id: position.id })),
    ],
    ['no cursor at all', () => readSortCursor('newest', 1, 'eyJ')],
  ])('are refused when they are of %s', (_, read) => {
    expect(codeOf(read)).toBe('invalid_cursor');
  });
});
