import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Query } from '@tocsin/query/query.ts';
import type { RowPosition } from '../compile-sql.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { type Field, findField, ROW_KEYS } from '../fields.ts';
import { groupField } from '../group-field.ts';
import { checkAggregate, checkBars, checkHistogram, checkSearch } from '../request-limits.ts';
import { resolveQuery } from '../resolve-query.ts';
import type {
  AggregateBucket,
  AggregateRequest,
  Collection,
  Document,
  ExpirePolicy,
  HistogramBar,
  HistogramRequest,
  SearchPage,
  SearchRequest,
  SearchStore,
  SearchStoreCapabilities,
  SourceOffset,
  TimeRange,
} from '../search-store.ts';
import { COLLECTIONS } from '../search-store.ts';
import { evaluate, numberOf } from './evaluate.ts';
import { rawValue, textsOf } from './field-values.ts';

/**
 * Documents in memory, searched one by one: the plainest store that keeps the contract, which the others are compared
 * with. For tests; it keeps everything and survives nothing.
 */
export class MemorySearchStore implements SearchStore {
  readonly capabilities: SearchStoreCapabilities = { durable: 'none', collections: COLLECTIONS };
  readonly #rows = new Map<string, Map<string, Document>>();
  readonly #applied = new Map<string, number>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async append(
    tenant: TenantContext,
    collection: Collection,
    rows: readonly Document[],
    source: SourceOffset,
  ): Promise<void> {
    if (source.offset <= (this.#applied.get(source.source) ?? 0)) return;
    const id = keyField(collection, 'id');
    for (const row of rows) await this.put(tenant, collection, textsOf(id, row)[0] ?? '', row);
    this.#applied.set(source.source, source.offset);
  }

  async put(
    tenant: TenantContext,
    collection: Collection,
    id: string,
    document: Document,
  ): Promise<void> {
    assert(document.tenant_id === tenant.tenantId, 'a document belongs to the tenant of its store');
    this.#of(tenant.tenantId, collection).set(id.toLowerCase(), document);
  }

  async flush(): Promise<void> {
    await Promise.resolve();
  }

  async applied(source: string): Promise<number> {
    return this.#applied.get(source) ?? 0;
  }

  async search(tenant: TenantContext, request: SearchRequest): Promise<SearchPage> {
    checkSearch(request);
    const { collection, limit } = request;
    const order = request.order ?? 'newest';
    const after =
      request.cursor === undefined ? undefined : readCursor(tenant, request, request.cursor);
    const found = this.#matching(tenant, request)
      .map((document) => ({ document, position: positionOf(collection, document) }))
      .sort((a, b) => inOrder(a.position, b.position, order))
      .filter(({ position }) => after === undefined || inOrder(position, after, order) > 0);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const more = found.length > limit && last !== undefined;
    return {
      items: page.map(({ document }) => document),
      nextCursor: more ? writeCursor(tenant, request, last.position) : undefined,
    };
  }

  async histogram(
    tenant: TenantContext,
    request: HistogramRequest,
  ): Promise<readonly HistogramBar[]> {
    checkHistogram(request);
    const field = request.by === undefined ? undefined : groupField(request.collection, request.by);
    const time = keyField(request.collection, 'time');
    const counts = new Map<string, HistogramBar>();
    for (const document of this.#matching(tenant, request)) {
      const at = Math.floor(numberOf(time, document) / request.intervalMs) * request.intervalMs;
      for (const value of field === undefined ? [undefined] : groupsOf(field, document)) {
        const key = `${at} ${value}`;
        const count = (counts.get(key)?.count ?? 0) + 1;
        counts.set(key, { at, count, ...(value === undefined ? {} : { value }) });
      }
    }
    const bars = [...counts.values()];
    checkBars(new Set(bars.map((bar) => bar.at)).size, bars.length);
    return bars.sort((a, b) => a.at - b.at || inBytes(a.value ?? '', b.value ?? ''));
  }

  async aggregate(
    tenant: TenantContext,
    request: AggregateRequest,
  ): Promise<readonly AggregateBucket[]> {
    checkAggregate(request);
    const field = groupField(request.collection, request.field);
    const counts = new Map<string, number>();
    for (const document of this.#matching(tenant, request)) {
      for (const value of groupsOf(field, document)) {
        if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || inBytes(a.value, b.value))
      .slice(0, request.limit);
  }

  async expire(tenant: TenantContext, policy: ExpirePolicy): Promise<number> {
    const rows = this.#of(tenant.tenantId, policy.collection);
    let removed = 0;
    for (const [id, document] of rows) {
      if (!(Date.parse(String(document.ingested_at)) < policy.receivedBefore)) continue;
      rows.delete(id);
      removed += 1;
    }
    return removed;
  }

  async close(): Promise<void> {
    this.#rows.clear();
  }

  #of(tenantId: TenantId, collection: Collection): Map<string, Document> {
    const key = `${collection}/${tenantId}`;
    const rows = this.#rows.get(key) ?? new Map<string, Document>();
    this.#rows.set(key, rows);
    return rows;
  }

  #matching(
    tenant: TenantContext,
    request: { readonly collection: Collection; readonly query: Query; readonly range: TimeRange },
  ): Document[] {
    const { collection, range } = request;
    const condition = resolveQuery(request.query, { collection, now: this.#clock.now() });
    const time = keyField(collection, 'time');
    return [...this.#of(tenant.tenantId, collection).values()].filter((document) => {
      const at = numberOf(time, document);
      return at >= range.from && at < range.to && evaluate(condition, document);
    });
  }
}

function keyField(collection: Collection, key: 'time' | 'id'): Field {
  const field = findField(collection, ROW_KEYS[collection][key]);
  assert(field !== undefined, `the collection ${collection} has its keys`);
  return field;
}

function positionOf(collection: Collection, document: Document): RowPosition {
  const id = textsOf(keyField(collection, 'id'), document)[0] ?? '';
  return { time: numberOf(keyField(collection, 'time'), document), id: id.toLowerCase() };
}

function inOrder(a: RowPosition, b: RowPosition, order: 'newest' | 'oldest'): number {
  const ascending = a.time - b.time || inBytes(a.id, b.id);
  return order === 'newest' ? -ascending : ascending;
}

/** What a document counts under: each of its values once, `''` when it has none. */
function groupsOf(field: Field, document: Document): readonly string[] {
  if (field.type === 'attribute' && Array.isArray(rawValue(field, document))) return [''];
  const values = textsOf(field, document);
  return values.length === 0 ? [''] : [...new Set(values)];
}

/** Order of the UTF-8 bytes, as databases have it; JavaScript's own puts U+10000 before U+E000. */
function inBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
