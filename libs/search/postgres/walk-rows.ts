import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { CompiledQuery, sql } from 'kysely';
import {
  compileCondition,
  compileOrder,
  compileRange,
  type RowPosition,
  type SqlScope,
} from '../compile-sql.ts';
import type { Condition } from '../condition.ts';
import { findField, ROW_KEYS } from '../fields.ts';
import { resolveQuery } from '../resolve-query.ts';
import type { Collection, SearchRequest } from '../search-store.ts';
import { type RowWords, searchPath } from './search-path.ts';
import type { WorkflowRows } from './workflow-rows.ts';

/** How many rows a page may cost. */
export interface WalkLimits {
  /** Rows looked at before the index of words is asked: enough where the word is common, or the tenant small. */
  readonly firstRows: number;
  /** Most rows looked at. */
  readonly rows: number;
  /** The same where long texts are looked into. */
  readonly textRows: number;
  /** Most rows that the index of words may give; more, and they are found by walking. */
  readonly likeRows: number;
  /** Longest that the index of words may take, milliseconds: parts that are in very many rows are found by walking. */
  readonly likeMs: number;
}

/** A few tens of milliseconds each. */
export const WALK_LIMITS: WalkLimits = {
  firstRows: 1_000,
  rows: 20_000,
  textRows: 4_000,
  likeRows: 4_000,
  likeMs: 100,
};

/** What was found, and where the next page begins; `undefined` when there is none. */
export interface FoundRows {
  readonly rows: readonly unknown[];
  readonly next: RowPosition | undefined;
}

/** A search in one tenant's transaction. */
export interface Walk {
  readonly tx: TenantTransaction;
  readonly tenant: TenantContext;
  readonly request: SearchRequest;
  readonly after: RowPosition | undefined;
  readonly kind: WorkflowRows;
  readonly now: number;
  readonly limits: WalkLimits;
}

/**
 * The rows of a page, at a bounded cost whatever is asked: they are walked in the order of an index, and few words are
 * looked up. When the bound is reached before the page is full, the page is short, even empty, and `next` goes on there.
 */
export async function walkRows(walk: Walk): Promise<FoundRows> {
  const { request, now, limits } = walk;
  const condition = resolveQuery(request.query, { collection: request.collection, now });
  const path = searchPath(condition, request.collection);
  const max = path.readsText ? limits.textRows : limits.rows;
  const least = path.words === undefined ? max : limits.firstRows;
  const first = await slice(walk, condition, path.starts, least);
  if (first.isWhole || path.words === undefined) return first;
  const ids = await idsLike(walk, path.words);
  if (ids !== undefined) return rowsOf(walk, condition, ids);
  return slice(walk, condition, path.starts, max);
}

/** Walks at most `count` rows. Whole: the page is full, or there are no more rows. */
async function slice(
  walk: Walk,
  condition: Condition,
  starts: readonly Condition[],
  count: number,
): Promise<FoundRows & { readonly isWhole: boolean }> {
  const scope = scopeOf(walk);
  const walked = walkedSql(walk, scope, starts, count, '*');
  const found = await page(walk, scope, `${walked} as walked`, condition);
  if (found.next !== undefined) return { ...found, isWhole: true };
  const { collection } = walk.request;
  const keys = `${sqlOf(collection, 'time')}, ${sqlOf(collection, 'id')}`;
  const endScope = scopeOf(walk);
  const end = `select ${keys} from ${walkedSql(walk, endScope, starts, count, keys)} as walked
    order by ${orderOf(walk, endScope)} offset ${count - 1} limit 1`;
  const [last] = await run(walk, endScope, end);
  const next = last === undefined ? undefined : walk.kind.position(last);
  return { ...found, next, isWhole: next === undefined };
}

/** The first rows of the order, by an index for each start. The limit keeps the planner from any other way. */
function walkedSql(
  walk: Walk,
  scope: SqlScope,
  starts: readonly Condition[],
  count: number,
  columns: string,
): string {
  const { request, after, kind } = walk;
  const order = compileOrder(request.order ?? 'newest', after, scope);
  const range = compileRange(request.range, scope);
  const heads = starts.length === 0 ? ['true'] : starts.map((one) => compileCondition(one, scope));
  const parts = heads.map(
    (head) =>
      `(select ${columns} from ${kind.table} where tenant_id = $1 and ${range} and ${order.after} and ${head}
        order by ${order.orderBy} limit ${count})`,
  );
  if (parts.length === 1) return parts.join('');
  return `(select * from (${parts.join(' union all ')}) as parts order by ${order.orderBy} limit ${count})`;
}

/** The rows with these ids that satisfy all. */
function rowsOf(walk: Walk, condition: Condition, ids: readonly string[]): Promise<FoundRows> {
  const scope = scopeOf(walk);
  const { request, after, kind } = walk;
  const range = compileRange(request.range, scope);
  const order = compileOrder(request.order ?? 'newest', after, scope);
  const list = `$${scope.values.push(`{${ids.join(',')}}`)}`;
  const id = sqlOf(request.collection, 'id');
  const found = `(select * from ${kind.table} where tenant_id = $1 and ${id} = any(cast(${list} as uuid[]))
      and ${range} and ${order.after} offset 0) as found`;
  return page(walk, scope, found, condition);
}

/** Ids of rows that have one of the words; `undefined` when there are too many, or they take too long. */
async function idsLike(walk: Walk, { patterns, names }: RowWords): Promise<string[] | undefined> {
  const { likeRows, likeMs } = walk.limits;
  await sql`savepoint words`.execute(walk.tx);
  try {
    await sql`select set_config('statement_timeout', ${`${likeMs}ms`}, true)`.execute(walk.tx);
    const { rows } = await sql<{ id: string }>`
      select id from ${sql.raw(walk.kind.like)}(${[...patterns]}::text[], ${[...names]}::text[], ${likeRows + 1}) as id`.execute(
      walk.tx,
    );
    return rows.length > likeRows ? undefined : rows.map((row) => row.id);
  } catch (error) {
    if (!isProblem(error, 'deadline_exceeded')) throw error;
    return undefined;
  } finally {
    // Nothing was written: it takes back the time limit too.
    await sql`rollback to savepoint words`.execute(walk.tx);
  }
}

async function page(
  walk: Walk,
  scope: SqlScope,
  from: string,
  condition: Condition,
): Promise<FoundRows> {
  const { limit } = walk.request;
  const where = compileCondition(condition, scope);
  const order = orderOf(walk, scope);
  const found = await run(
    walk,
    scope,
    `select * from ${from} where ${where} order by ${order} limit ${limit + 1}`,
  );
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const more = found.length > limit && last !== undefined;
  return { rows, next: more ? walk.kind.position(last) : undefined };
}

function orderOf({ request }: Walk, scope: SqlScope): string {
  return compileOrder(request.order ?? 'newest', undefined, scope).orderBy;
}

function sqlOf(collection: Collection, key: 'time' | 'id'): string {
  const field = findField(collection, ROW_KEYS[collection][key]);
  assert(field !== undefined, `the collection ${collection} has a ${key}`);
  return field.sql;
}

/** The tenant is the first value of every statement. */
function scopeOf({ tenant, request, now }: Walk): SqlScope {
  const { collection } = request;
  return { collection, dialect: 'postgres', now, values: [tenant.tenantId] };
}

async function run(walk: Walk, scope: SqlScope, text: string): Promise<readonly unknown[]> {
  return (await walk.tx.executeQuery<unknown>(CompiledQuery.raw(text, scope.values))).rows;
}
