import type { DuckDBConnection } from '@duckdb/node-api';
import { compileCondition, type SqlScope } from '../compile-sql.ts';
import type { Condition } from '../condition.ts';
import type { SearchRequest } from '../search-store.ts';
import { integer } from '../sql-dialect.ts';
import { rows } from './day-file.ts';
import type { ReadTarget } from './event-files.ts';
import { isAlwaysTrue, necessaryCondition, readsLongText } from './necessary-condition.ts';

export type Row = Readonly<Record<string, unknown>>;

/** After a page of rows: how many more rows a walk looks at in its second and third step; then at all that are left. */
const LATER_STEPS = [4_096, 131_072] as const;
/** So many rows are named by their times, more by a bound: each costs DuckDB a comparison with every row. */
const TIMES_MAX = 201;

/** A condition as SQL with its values: the first are those of `base`. */
interface Where {
  readonly sql: string;
  readonly values: readonly string[];
}

/** What rows pass: all of it, and something that follows from it and reads no long text. */
export interface TwoConditions {
  readonly whole: Where;
  readonly cheap: Where;
  /** False when `cheap` lets all rows pass that `base` does. */
  readonly telling: boolean;
}

/** A query after what holds for all rows of a request (`base`, whose values are in the scope), in both forms. */
export function twoConditions(base: string, query: Condition, scope: SqlScope): TwoConditions {
  const where = (...conditions: Condition[]): Where => {
    const own = { ...scope, values: [...scope.values] };
    const sql = [base, ...conditions.map((condition) => compileCondition(condition, own))];
    return { sql: sql.join(' and '), values: own.values };
  };
  if (!readsLongText(query)) {
    const whole = where(query);
    return { whole, cheap: whole, telling: true };
  }
  const necessary = necessaryCondition(query);
  // Both in one statement: DuckDB skips vectors in which no row passes what it asks of a column of its own.
  const whole = where(necessary, query);
  return { whole, cheap: where(necessary), telling: !isAlwaysTrue(necessary) };
}

/** Which rows of a target are asked for, in which order, and how many at most. */
export interface PageWish {
  readonly conditions: TwoConditions;
  readonly order: NonNullable<SearchRequest['order']>;
  readonly orderBy: string;
  readonly count: number;
}

/** Rows that are still to be read from memory are not read in their file. */
export function visible(target: ReadTarget): string {
  return `roll <= ${target.rollMax}`;
}

/**
 * The first rows of a target in the order asked for.
 *
 * Long text is compressed by the two thousand rows, so DuckDB unpacks megabytes for each row of which it reads it.
 * Therefore the times of rows that might fill the page are read first, from columns that are cheap, and only these rows
 * are read whole. When too few of them pass, more are looked at, from there on.
 */
export async function pageOf(
  connection: DuckDBConnection,
  target: ReadTarget,
  { conditions, order, orderBy, count }: PageWish,
): Promise<Row[]> {
  const { whole, cheap } = conditions;
  const found: Row[] = [];
  const read = async (part: string): Promise<void> => {
    const sql = `select * from ${target.table} where ${visible(target)} and ${whole.sql}${part} order by ${orderBy} limit ${count - found.length}`;
    found.push(...(await rows(connection, sql, whole.values)));
  };
  const newest = order === 'newest';
  let rest = '';
  for (const size of [count, ...LATER_STEPS]) {
    const sql = `select timestamp from ${target.table} where ${visible(target)} and ${cheap.sql}${rest} order by timestamp ${newest ? 'desc' : 'asc'} limit ${size}`;
    const { looked, end, times } = await summary(connection, sql, cheap.values, newest);
    if (looked === 0) return found;
    const near = `${rest} and timestamp ${newest ? '>=' : '<='} ${end}`;
    await read(near + among(times));
    if (found.length >= count || looked < size) return found;
    rest = ` and timestamp ${newest ? '<' : '>'} ${end}`;
  }
  await read(rest);
  return found;
}

/**
 * A condition on time that few rows pass beside those that satisfy a query of long text; empty when it is cheap to
 * ask, or when nothing tells those rows from others.
 */
export async function timesOf(
  connection: DuckDBConnection,
  target: ReadTarget,
  { whole, cheap, telling }: TwoConditions,
): Promise<string> {
  if (whole === cheap || !telling) return '';
  const sql = `select timestamp from ${target.table} where ${visible(target)} and ${cheap.sql} limit ${TIMES_MAX + 1}`;
  const { looked, times } = await summary(connection, sql, cheap.values, true);
  if (looked === 0) return ' and false';
  return among(times);
}

/**
 * Rows of these times. DuckDB prunes groups of rows by `in`, but only a function of one column makes it skip single
 * vectors of the others (measured: attributes of 50 rows in 340 ms of CPU, by `in` alone in 2,500).
 */
function among(times: string | undefined): string {
  if (times === undefined) return '';
  return ` and timestamp in (${times}) and list_contains([${times}]::BIGINT[], timestamp)`;
}

/** How many times a statement gives, the last of them in order, and all of them as a list when they are few. */
async function summary(
  connection: DuckDBConnection,
  times: string,
  values: readonly string[],
  newest: boolean,
): Promise<{ looked: number; end: string; times: string | undefined }> {
  const sql = `select count(*) as looked, ${newest ? 'min' : 'max'}(timestamp) as last,
    case when count(*) <= ${TIMES_MAX} then array_to_string(list(distinct timestamp), ', ') end as times from (${times})`;
  const [row] = await rows(connection, sql, values);
  const looked = Number(row?.['looked'] ?? 0);
  const text = row?.['times'];
  return {
    looked,
    end: looked === 0 ? '' : integer(Number(row?.['last'])),
    times: typeof text === 'string' ? text : undefined,
  };
}
