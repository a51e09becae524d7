import { type Expression, type SqlBool, sql } from 'kysely';

/** Where a page ended in a list ordered by a time (milliseconds since 1970) and a UUID. */
export interface RowPosition {
  readonly at: number;
  readonly id: string;
}

/**
 * The rows behind a position, found by an index on both columns; the columns are named by us, never by a caller.
 * `newestFirst` says in which direction both are ordered.
 */
export function behindPosition(
  timeColumn: string,
  idColumn: string,
  position: RowPosition,
  order: 'newestFirst' | 'oldestFirst' = 'newestFirst',
): Expression<SqlBool> {
  const row = sql`(${sql.ref(timeColumn)}, ${sql.ref(idColumn)})`;
  const end = sql`(${new Date(position.at)}::timestamptz, ${position.id}::uuid)`;
  return order === 'newestFirst' ? sql<SqlBool>`${row} < ${end}` : sql<SqlBool>`${row} > ${end}`;
}
