import { cursorCodec } from '@tocsin/http/page.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TimeRange } from '@tocsin/search/search-store.ts';
import Type from 'typebox';
import { type AskedRange, timeRange } from './time-range.ts';

const text = Type.String({ maxLength: 100 });
const codec = cursorCodec(
  Type.Object({
    /** The store's own cursor. */
    at: Type.String({ maxLength: 400 }),
    /** The range as asked, and what it meant on the first page: `now-1h` must mean the same on the next. */
    asked: Type.Array(text, { minItems: 2, maxItems: 2 }),
    range: Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }),
  }),
);

/** Where a page goes on: its range, and the store's cursor unless it is the first. */
export interface PagePlace {
  readonly range: TimeRange;
  readonly cursor?: string;
}

/** The place a request asks for. @throws Problem `invalid_cursor` when the cursor was made for another range */
export function placeOf(asked: AskedRange, cursor: string | undefined, clock: Clock): PagePlace {
  if (cursor === undefined) return { range: timeRange(asked, clock) };
  const { at, asked: first, range } = codec.read(cursor);
  const [from = 0, to = 0] = range;
  if (first[0] !== (asked.from ?? '') || first[1] !== (asked.to ?? '')) {
    throw new Problem('invalid_cursor', {
      detail: 'the cursor belongs to another range: start again without it',
    });
  }
  return { range: { from, to }, cursor: at };
}

/** The cursor of the next page. */
export function nextCursor(asked: AskedRange, range: TimeRange, at: string): string {
  return codec.write({
    at,
    asked: [asked.from ?? '', asked.to ?? ''],
    range: [range.from, range.to],
  });
}
