import { Problem } from '@tocsin/kernel/problem.ts';
import Type from 'typebox';
import { cursorCodec } from './page.ts';

/** Years 1 to 9999, which also holds every other number that lists are ordered by. */
const VALUE_MIN = -62_135_596_800_000;
const VALUE_MAX = 253_402_300_799_999;

/** Where a page ended in a list whose order a caller chose: the values it is ordered by (times in milliseconds), and a UUID. */
export interface SortPosition {
  readonly at: readonly number[];
  readonly id: string;
}

const codec = cursorCodec(
  Type.Object(
    {
      sort: Type.String({ maxLength: 40 }),
      at: Type.Array(Type.Integer({ minimum: VALUE_MIN, maximum: VALUE_MAX }), {
        minItems: 1,
        maxItems: 2,
      }),
      id: Type.String({ pattern: '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
    },
    { additionalProperties: false },
  ),
);

/** The cursor behind a row of a list in this order. */
export function writeSortCursor(sort: string, { at, id }: SortPosition): string {
  return codec.write({ sort, at: [...at], id });
}

/**
 * Where a page of `columns` ordering values goes on. UNTRUSTED: `cursor`.
 *
 * @throws Problem `invalid_cursor` when it is malformed or was made for another order
 */
export function readSortCursor(sort: string, columns: number, cursor: string): SortPosition {
  const { sort: made, at, id } = codec.read(cursor);
  if (made === sort && at.length === columns) return { at, id };
  throw new Problem('invalid_cursor', {
    detail: 'the cursor belongs to another order: start again without it',
  });
}
