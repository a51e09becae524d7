import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Database, TenantTransaction } from '@tocsin/database/database.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { CompiledQuery } from 'kysely';
import {
  compileBar,
  compileGroup,
  compileQuery,
  compileRange,
  type SqlScope,
} from '../compile-sql.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { groupField } from '../group-field.ts';
import {
  checkAggregate,
  checkBars,
  checkHistogram,
  checkSearch,
  HISTOGRAM_ROWS_MAX,
} from '../request-limits.ts';
import type {
  AggregateBucket,
  AggregateRequest,
  HistogramBar,
  HistogramRequest,
  SearchPage,
  SearchRequest,
  SearchStore,
  SearchStoreCapabilities,
} from '../search-store.ts';
import { WALK_LIMITS, type WalkLimits, walkRows } from './walk-rows.ts';
import { WORKFLOW_ROWS, type WorkflowRows } from './workflow-rows.ts';

/** How long a search may take when its request says nothing, milliseconds. */
export const ALERT_SEARCH_DEADLINE_MS = 10_000;

type Request = SearchRequest | HistogramRequest | AggregateRequest;

interface CountRow {
  readonly at: string;
  readonly value: string;
  readonly count: string;
}

/**
 * The collections `alerts` and `cases` in PostgreSQL, read where they are written: there is no copy to fall behind.
 * Row-level security and the statement's own filter both bind the tenant. Failures of the server are mapped by
 * {@link Database.inTenant}.
 */
export class PostgresSearchStore implements SearchStore {
  readonly capabilities: SearchStoreCapabilities = {
    durable: 'power',
    collections: ['alerts', 'cases'],
    readOnly: true,
  };
  readonly #database: Database;
  readonly #clock: Clock;

  readonly #limits: WalkLimits;

  /** @param limits how many rows a page may cost; others than the default are for tests */
  constructor(database: Database, clock: Clock, limits: WalkLimits = WALK_LIMITS) {
    this.#database = database;
    this.#clock = clock;
    this.#limits = limits;
  }

  async search(tenant: TenantContext, request: SearchRequest): Promise<SearchPage> {
    checkSearch(request);
    const now = this.#clock.now();
    const kind = rowsOf(request);
    const after =
      request.cursor === undefined ? undefined : readCursor(tenant, request, request.cursor);
    const { rows, next } = await this.#within(tenant, request.deadlineMs, (tx) =>
      walkRows({ tx, tenant, request, after, kind, now, limits: this.#limits }),
    );
    return {
      items: kind.documents(tenant, rows, now),
      nextCursor: next === undefined ? undefined : writeCursor(tenant, request, next),
    };
  }

  async histogram(
    tenant: TenantContext,
    request: HistogramRequest,
  ): Promise<readonly HistogramBar[]> {
    checkHistogram(request);
    const scope = scopeOf(tenant, request, this.#clock.now());
    const field = request.by === undefined ? undefined : groupField(request.collection, request.by);
    const value = field === undefined ? `''` : groupColumn(compileGroup(field, scope));
    const bar = compileBar(request.intervalMs, scope);
    const sql = `select at, value, count(*) as count from (
        select ${bar} as at, ${value} as value from ${rowsOf(request).table} where ${whereOf(request, scope)}
      ) as counted group by at, value order by at, value collate "C" limit ${HISTOGRAM_ROWS_MAX + 1}`;
    const rows = await this.#rows<CountRow>(tenant, sql, scope, request.deadlineMs);
    checkBars(new Set(rows.map((row) => row.at)).size, rows.length);
    return rows.map((row) => ({
      at: Number(row.at),
      count: Number(row.count),
      ...(field === undefined ? {} : { value: row.value }),
    }));
  }

  async aggregate(
    tenant: TenantContext,
    request: AggregateRequest,
  ): Promise<readonly AggregateBucket[]> {
    checkAggregate(request);
    const scope = scopeOf(tenant, request, this.#clock.now());
    const field = groupField(request.collection, request.field);
    const value = groupColumn(compileGroup(field, scope));
    const sql = `select value, count(*) as count from (
        select ${value} as value from ${rowsOf(request).table} where ${whereOf(request, scope)}
      ) as counted where value <> '' group by value
      order by count(*) desc, value collate "C" limit ${request.limit}`;
    const rows = await this.#rows<CountRow>(tenant, sql, scope, request.deadlineMs);
    return rows.map((row) => ({ value: row.value, count: Number(row.count) }));
  }

  async append(): Promise<void> {
    assert(false, 'alerts and cases are written by their services, not by the search store');
  }

  async put(): Promise<void> {
    assert(false, 'alerts and cases are written by their services, not by the search store');
  }

  async expire(): Promise<number> {
    assert(false, 'alerts are removed with their incidents and cases, not by the search store');
  }

  /** Nothing waits: alerts are durable when their transaction is. */
  async flush(): Promise<void> {
    await Promise.resolve();
  }

  async applied(): Promise<number> {
    return 0;
  }

  /** Leaves the database open: it belongs to the process. */
  async close(): Promise<void> {
    await Promise.resolve();
  }

  async #rows<Row>(
    tenant: TenantContext,
    sql: string,
    scope: SqlScope,
    deadlineMs?: number,
  ): Promise<readonly Row[]> {
    return this.#within(tenant, deadlineMs, async (tx) => {
      return (await tx.executeQuery<Row>(CompiledQuery.raw(sql, scope.values))).rows;
    });
  }

  #within<Result>(
    tenant: TenantContext,
    deadlineMs: number | undefined,
    work: (tx: TenantTransaction) => Promise<Result>,
  ): Promise<Result> {
    const deadline = `${Math.max(1, Math.ceil(deadlineMs ?? ALERT_SEARCH_DEADLINE_MS))}ms`;
    return this.#database.inTenant(tenant, async (tx) => {
      await tx.executeQuery(
        CompiledQuery.raw(`select set_config('statement_timeout', $1, true)`, [deadline]),
      );
      return work(tx);
    });
  }
}

/** The tenant is the first value of every statement. */
function scopeOf(tenant: TenantContext, { collection }: Request, now: number): SqlScope {
  return { collection, dialect: 'postgres', now, values: [tenant.tenantId] };
}

function whereOf(request: Request, scope: SqlScope): string {
  const range = compileRange(request.range, scope);
  return `tenant_id = $1 and ${range} and ${compileQuery(request.query, scope)}`;
}

function rowsOf({ collection }: Request): WorkflowRows {
  const rows = WORKFLOW_ROWS[collection];
  assert(rows !== undefined, `PostgreSQL holds no collection ${collection}`);
  return rows;
}

function groupColumn(group: { readonly sql: string; readonly list: boolean }): string {
  return group.list ? `unnest(${group.sql})` : group.sql;
}
