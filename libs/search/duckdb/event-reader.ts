import type { DuckDBConnection } from '@duckdb/node-api';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import {
  compileBar,
  compileGroup,
  compileOrder,
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
  Document,
  HistogramBar,
  HistogramRequest,
  SearchPage,
  SearchRequest,
} from '../search-store.ts';
import { integer } from '../sql-dialect.ts';
import { damagedProblem, isDamage } from './damaged-day.ts';
import { rows } from './day-file.ts';
import { TEXT_COLUMNS } from './event-columns.ts';
import { documentFromRow } from './event-document.ts';
import type { EventFiles, ReadTarget } from './event-files.ts';
import { DEADLINE_MS_DEFAULT, type ReaderPool } from './reader-pool.ts';

/** Columns of long text: their names stand in the SQL of a query that reads them, and values never do. */
const LONG_COLUMNS = TEXT_COLUMNS.filter(({ long }) => long === true).map(({ name }) => name);

type Row = Readonly<Record<string, unknown>>;
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
    const where = `${conditionOf(request, scope)} and ${placed.after}`;
    return this.#reading(tenant, request, async (connection, targets) => {
      const found: { row: Row; target: ReadTarget }[] = [];
      for (const target of inOrder(targets, order)) {
        if (found.length > request.limit && isPast(target, found[request.limit]?.row, order)) break;
        const matching = `${visible(target)} and ${where}`;
        const near = await this.#nearEnd(connection, target, matching, request, scope.values);
        const sql = `select * from ${target.table} where ${matching}${near} order by ${placed.orderBy} limit ${request.limit + 1}`;
        for (const row of await rows(connection, sql, scope.values)) found.push({ row, target });
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
    const where = conditionOf(request, scope);
    const group =
      request.by === undefined ? undefined : compileGroup(groupField('events', request.by), scope);
    const value = group === undefined ? `''` : group.list ? `unnest(${group.sql})` : group.sql;
    const columns = `${compileBar(request.intervalMs, scope)} as bar, ${value} as value`;
    return this.#reading(tenant, request, async (connection, targets) => {
      if (targets.length === 0) return [];
      const sql = `select bar, value, count(*) as count from (${union(columns, targets, where)}) group by all order by bar, value limit ${HISTOGRAM_ROWS_MAX + 1}`;
      const found = await rows(connection, sql, scope.values);
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
    const where = conditionOf(request, scope);
    const group = compileGroup(groupField('events', request.field), scope);
    const column = `${group.list ? `unnest(${group.sql})` : group.sql} as value`;
    return this.#reading(tenant, request, async (connection, targets) => {
      if (targets.length === 0) return [];
      const sql = `select value, count(*) as count from (${union(column, targets, where)}) where value <> '' group by value order by count desc, value limit ${request.limit}`;
      const found = await rows(connection, sql, scope.values);
      return found.map((row) => ({ value: String(row['value']), count: Number(row['count']) }));
    });
  }

  /**
   * A bound on time that the rows of a page pass and most others do not. Long text is compressed by the thousand rows,
   * so DuckDB unpacks megabytes for each row that matches, although only a page of them is asked for: the times of the
   * page are read first, from columns that are cheap. A query of the long text itself unpacks all of it anyway.
   */
  async #nearEnd(
    connection: DuckDBConnection,
    target: ReadTarget,
    matching: string,
    { limit, order = 'newest' }: SearchRequest,
    values: readonly string[],
  ): Promise<string> {
    if (target.span.rows <= limit || LONG_COLUMNS.some((name) => matching.includes(name)))
      return '';
    const [direction, last, sign] =
      order === 'newest' ? ['desc', 'min', '>='] : ['asc', 'max', '<='];
    const times = `select timestamp from ${target.table} where ${matching} order by timestamp ${direction} limit ${limit + 1}`;
    const [end] = await rows(connection, `select ${last}(timestamp) as at from (${times})`, values);
    return end?.['at'] == null
      ? ' and false'
      : ` and timestamp ${sign} ${integer(Number(end['at']))}`;
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

function conditionOf(asked: Asked, scope: SqlScope): string {
  return `tenant_id = $1 and ${compileRange(asked.range, scope)} and ${compileQuery(asked.query, scope)}`;
}

function visible(target: ReadTarget): string {
  return `roll <= ${target.rollMax}`;
}

function union(columns: string, targets: readonly ReadTarget[], where: string): string {
  return targets
    .map((target) => `select ${columns} from ${target.table} where ${visible(target)} and ${where}`)
    .join(' union all ');
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
