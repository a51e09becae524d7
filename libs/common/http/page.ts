import type { Page } from '@tocsin/contracts/page.ts';
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from '@tocsin/contracts/page.ts';
import { parseJson } from '@tocsin/kernel/json.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import Type, { type Static, type TSchema } from 'typebox';
import { compileCheck } from './validator.ts';

/** Longest cursor read, in characters. */
export const CURSOR_LENGTH_MAX = 1024;

/** Query members of every list; spread them into the query schema of a route. */
export const pageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: PAGE_LIMIT_MAX, default: PAGE_LIMIT_DEFAULT }),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: CURSOR_LENGTH_MAX })),
};

/** Further query member of lists that may be read from a position. */
export const offsetQuery = {
  offset: Type.Integer({ minimum: 0, maximum: 10_000, default: 0 }),
};

/** The schema of a page, for `responses`. */
export function pageSchema<Item extends TSchema>(item: Item) {
  return Type.Object({
    items: Type.Array(item),
    next_cursor: Type.Union([Type.String(), Type.Null()]),
  });
}

/** Writes and reads the cursors of one list. Opaque to clients, not secret, not signed: reading checks the shape. */
export interface CursorCodec<Position> {
  write(position: Position): string;
  /** @throws {@link Problem} `invalid_cursor`. UNTRUSTED: a well-formed cursor may name any position, so filters apply again. */
  read(cursor: string): Position;
}

/** A codec for cursors whose position has this schema. */
export function cursorCodec<Schema extends TSchema>(schema: Schema): CursorCodec<Static<Schema>> {
  const check = compileCheck(schema, 'body');
  return {
    write: (position) => Buffer.from(JSON.stringify(position)).toString('base64url'),
    read(cursor) {
      try {
        const text = Buffer.from(cursor, 'base64url').toString('utf8');
        return check(parseJson(text)) as Static<Schema>;
      } catch (cause) {
        throw new Problem('invalid_cursor', {
          detail: 'use the next_cursor of the page before, unchanged, with the same filters',
          cause,
        });
      }
    },
  };
}

/** Cuts rows read with `limit + 1` into a page; the cursor is made of the last row kept. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  cursor: (last: Row) => string,
): Page<Item> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: kept.map(item), next_cursor: more ? cursor(last) : null };
}
