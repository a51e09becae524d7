import type { DuckDBConnection } from '@duckdb/node-api';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import {
  compileBar,
  compileGroup,
  compileOrder,
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
import { resolveQuery } from '../resolve-query.ts';
import type {
  AggregateBucket,
  AggregateRequest,
  Document,
  HistogramBar,
  HistogramRequest,
  SearchPage,
  SearchRequest,
} from '../search-store.ts';
import { damagedProblem, isDamage } from './damaged-day.ts';
import { rows } from './day-file.ts';
import { documentFromRow } from './event-document.ts';
import type { EventFiles, ReadTarget } from './event-files.ts';
import {
  pageOf,
  type Row,
  type TwoConditions,
  timesOf,
  twoConditions,
  visible,
} from './page-walk.ts';
import { DEADLINE_MS_DEFAULT, type ReaderPool } from './reader-pool.ts';

type Asked = Pick<SearchRequest, 'query' | 'range'> & { readonly deadlineMs?: number };

/** Finds the archive place of an event: the store of raw lines has its own format. */
export type RawRefFormat = (
  place: { segment: string; block: number; firstLine: number },
  ordinal: number,
) => string;

/** The reading side of the event store: day files up to the visible roll and hot tables above it, as one. */
export class EventReader {
  readonly #files: EventFiles;
  readonly #pool: ReaderPool;
  readonly #clock: Clock;
  readonly #formatRawRef: RawRefFormat;

  constructor(files: EventFiles, pool: ReaderPool, clock: Clock, formatRawRef: RawRefFormat) {
    this.#files = files;
    this.#pool = pool;
    this.#clock = clock;
    this.#formatRawRef = formatRawRef;
  }

  search(tenant: TenantContext, request: SearchRequest): Promise<SearchPage> {
    checkSearch(request);
    const order = request.order ?? 'newest';
    const scope = this.#scope(tenant);
    const after =
      request.cursor === undefined ? undefined : readCursor(tenant, request, request.cursor);
    const placed = compileOrder(order, after, scope);
    const conditions = conditionsOf(request, scope, placed.after);
    const wish = { conditions, order, orderBy: placed.orderBy, count: request.limit + 1 };
    return this.#reading(tenant, request, async (connection, targets) => {
      const found: { row: Row; target: ReadTarget }[] = [];
      for (const target of inOrder(targets, order)) {
        if (found.length > request.limit && isPast(target, found[request.limit]?.row, order)) break;
        const page = await pageOf(connection, target, wish);
        found.push(...page.map((row) => ({ row, target })));
        found.sort((a, b) => compareRows(a.row, b.row, order));
      }
      const page = found.slice(0, request.limit);
      const items = await this.#documents(connection, tenant, page);
      const last = page.at(-1)?.row;
      if (last === undefined || found.length <= request.limit)
        return { items, nextCursor: undefined };
      const position = { time: Number(last['timestamp']), id: String(last['event_id']) };
      return { items, nextCursor: writeCursor(tenant, request, position) };
    });
  }

  histogram(tenant: TenantContext, request: HistogramRequest): Promise<readonly HistogramBar[]> {
    checkHistogram(request);
    const scope = this.#scope(tenant);
    const conditions = conditionsOf(request, scope);
    const counted = { ...scope, values: [...conditions.whole.values] };
    const group =
      request.by === undefined
        ? undefined
        : compileGroup(groupField('events', request.by), counted);
    const value = group === undefined ? `''` : group.list ? `unnest(${group.sql})` : group.sql;
    const columns = `${compileBar(request.intervalMs, scope)} as bar, ${value} as value`;
    return this.#reading(tenant, request, async (connection, targets) => {
      if (targets.length === 0) return [];
      const counting = await union(connection, columns, targets, conditions);
      const sql = `select bar, value, count(*) as count from (${counting}) group by all order by bar, value limit ${HISTOGRAM_ROWS_MAX + 1}`;
      const found = await rows(connection, sql, counted.values);
      checkBars(new Set(found.map((row) => row['bar'])).size, found.length);
      return found.map((row) => ({
        at: Number(row['bar']),
        count: Number(row['count']),
        ...(group === undefined ? {} : { value: String(row['value']) }),
      }));
    });
  }

  aggregate(tenant: TenantContext, request: AggregateRequest): Promise<readonly AggregateBucket[]> {
    checkAggregate(request);
    const scope = this.#scope(tenant);
    const conditions = conditionsOf(request, scope);
    const counted = { ...scope, values: [...conditions.whole.values] };
    const group = compileGroup(groupField('events', request.field), counted);
    const column = `${group.list ? `unnest(${group.sql})` : group.sql} as value`;
    return this.#reading(tenant, request, async (connection, targets) => {
      if (targets.length === 0) return [];
      const counting = await union(connection, column, targets, conditions);
      const sql = `select value, count(*) as count from (${counting}) where value <> '' group by value order by count desc, value limit ${request.limit}`;
      const found = await rows(connection, sql, counted.values);
      return found.map((row) => ({ value: String(row['value']), count: Number(row['count']) }));
    });
  }

  #scope(tenant: TenantContext): SqlScope {
    // $1 is the tenant in every statement.
    return {
      collection: 'events',
      dialect: 'duckdb',
      now: this.#clock.now(),
      values: [tenant.tenantId],
    };
  }

  #reading<Result>(
    tenant: TenantContext,
    asked: Asked,
    work: (connection: DuckDBConnection, targets: readonly ReadTarget[]) => Promise<Result>,
  ): Promise<Result> {
    return this.#pool.read(asked.deadlineMs ?? DEADLINE_MS_DEFAULT, (connection) =>
      this.#files.gate.read(async () => {
        const targets = this.#files.targets(tenant.tenantId, asked.range);
        try {
          return await work(connection, targets);
        } catch (error) {
          if (isDamage(error)) await this.#blame(connection, targets, work);
          throw error;
        } finally {
          for (const target of targets) await target.release();
        }
      }),
    );
  }

  /** DuckDB does not say in which of its files a damaged block is: each is asked alone. */
  async #blame(
    connection: DuckDBConnection,
    targets: readonly ReadTarget[],
    work: (connection: DuckDBConnection, targets: readonly ReadTarget[]) => Promise<unknown>,
  ): Promise<void> {
    for (const target of targets) {
      const { file } = target;
      if (file === undefined) continue;
      try {
        await work(connection, [target]);
      } catch (error) {
        if (!isDamage(error)) throw error;
        this.#files.metDamage(file);
        throw damagedProblem(file, error);
      }
    }
  }

  async #documents(
    connection: DuckDBConnection,
    tenant: TenantContext,
    page: readonly { row: Row; target: ReadTarget }[],
  ): Promise<Document[]> {
    const rawRefs = new Map<Row, string>();
    for (const target of new Set(page.map((found) => found.target))) {
      const mine = page.filter((found) => found.target === target).map((found) => found.row);
      const numbers = [...new Set(mine.map((row) => Number(row['frame'])))];
      const records = new Map(
        (await target.frames(connection, numbers)).map((record) => [record.frame, record]),
      );
      for (const row of mine) {
        const record = records.get(Number(row['frame']));
        if (record === undefined || record.segment === '') continue;
        rawRefs.set(row, this.#formatRawRef(record, Number(row['ordinal'])));
      }
    }
    return page.map(({ row }) => {
      assert(
        row['tenant_id'] === tenant.tenantId,
        'a row that is read belongs to the tenant who asked',
      );
      return documentFromRow(row, rawRefs.get(row) ?? '');
    });
  }
}

/** What rows of a request pass, the place after a cursor with it. */
function conditionsOf(asked: Asked, scope: SqlScope, after = 'true'): TwoConditions {
  const base = `tenant_id = $1 and ${compileRange(asked.range, scope)} and ${after}`;
  return twoConditions(base, resolveQuery(asked.query, scope), scope);
}

async function union(
  connection: DuckDBConnection,
  columns: string,
  targets: readonly ReadTarget[],
  conditions: TwoConditions,
): Promise<string> {
  const parts: string[] = [];
  for (const target of targets) {
    const times = await timesOf(connection, target, conditions);
    parts.push(
      `select ${columns} from ${target.table} where ${visible(target)} and ${conditions.whole.sql}${times}`,
    );
  }
  return parts.join(' union all ');
}

function inOrder(targets: readonly ReadTarget[], order: 'newest' | 'oldest'): ReadTarget[] {
  return targets.toSorted((a, b) =>
    order === 'newest' ? b.span.to - a.span.to : a.span.from - b.span.from,
  );
}

/** Says that no row of a target can come before the row that ends the page, so that older files are not read. */
function isPast(target: ReadTarget, end: Row | undefined, order: 'newest' | 'oldest'): boolean {
  const time = Number(end?.['timestamp']);
  return order === 'newest' ? target.span.to < time : target.span.from > time;
}

function compareRows(a: Row, b: Row, order: 'newest' | 'oldest'): number {
  const [idA, idB] = [String(a['event_id']), String(b['event_id'])];
  const ascending =
    Number(a['timestamp']) - Number(b['timestamp']) || (idA < idB ? -1 : idA > idB ? 1 : 0);
  return order === 'newest' ? -ascending : ascending;
}
