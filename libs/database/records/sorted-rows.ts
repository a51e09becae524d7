import { type Expression, type SqlBool, sql } from 'kysely';

/** A column that a list is ordered by. */
export interface SortColumn {
  readonly name: string;
  readonly type: 'time' | 'integer';
}

/** An order of a list: its columns, then the row's UUID, all in one direction, so that one index gives it. */
export interface RowSort {
  readonly columns: readonly SortColumn[];
  readonly id: string;
  readonly direction: 'desc' | 'asc';
}

/** A page to read of a list whose order a caller chose. */
export interface SortedPage<Sort extends string> {
  readonly sort: Sort;
  readonly limit: number;
  readonly after: { readonly at: readonly number[]; readonly id: string } | undefined;
}

/** The rows whose column equals a text, by the index of the folded column beside it. Both tests: folding joins names. */
export function foldedEquals(column: string, text: string): Expression<SqlBool> {
  return sql<SqlBool>`(${sql.ref(`${column}_folded`)} = lower(${text}::text) and ${sql.ref(column)} = ${text})`;
}

/** The `order by` list. Names come from code, never from a caller. */
export function orderOf({ columns, id, direction }: RowSort): Expression<unknown> {
  const names = [...columns.map((column) => column.name), id];
  const way = sql.raw(direction);
  return sql.join(names.map((name) => sql`${sql.ref(name)} ${way}`));
}

/** The rows behind a position: one value for each column (times in milliseconds since 1970), and the UUID. */
export function behindSorted(
  { columns, id, direction }: RowSort,
  position: { readonly at: readonly number[]; readonly id: string },
): Expression<SqlBool> {
  const row = sql.join([...columns.map((column) => sql.ref(column.name)), sql.ref(id)]);
  const values = columns.map(({ type }, index) => {
    const value = position.at[index] ?? 0;
    return type === 'time' ? sql`${new Date(value)}::timestamptz` : sql`${value}::bigint`;
  });
  const end = sql.join([...values, sql`${position.id}::uuid`]);
  const sign = sql.raw(direction === 'desc' ? '<' : '>');
  return sql<SqlBool>`(${row}) ${sign} (${end})`;
}

/** The values of a row that {@link behindSorted} takes. */
export function sortValues({ columns }: RowSort, row: object): readonly number[] {
  return columns.map(({ name }) => {
    const value: unknown = Reflect.get(row, name);
    return value instanceof Date ? value.getTime() : Number(value);
  });
}
