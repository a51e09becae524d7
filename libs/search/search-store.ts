import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Query } from '@tocsin/query/query.ts';

/** Collections that can be searched. */
export const COLLECTIONS = ['events', 'alerts', 'cases'] as const;
export type Collection = (typeof COLLECTIONS)[number];

/** A document on the wire, snake_case. It always has `tenant_id`. */
export type Document = Readonly<Record<string, unknown>>;

/** Where rows came from: an ordered source and the offset in it, so that a repeated append is ignored. */
export interface SourceOffset {
  /** `topic/shard/tenant` of the bus, or another stable name. */
  readonly source: string;
  readonly offset: number;
}

/** A half-open range of event time, milliseconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** The range that leaves nothing out: the reach of JavaScript's Date. */
export const ALL_TIME: TimeRange = {
  from: -8_640_000_000_000_000,
  to: 8_640_000_000_000_000,
};

export interface SearchRequest {
  readonly collection: Collection;
  readonly query: Query;
  readonly range: TimeRange;
  /** Newest first (the default) or oldest first; ties by id. */
  readonly order?: 'newest' | 'oldest';
  /** 1 to 200. */
  readonly limit: number;
  /** Opaque, from the page before. Bound to tenant, collection, query, range and order: else Problem `invalid_cursor`. */
  readonly cursor?: string;
  /** How long it may take; past it Problem `deadline_exceeded`. The store has its own limit beside. */
  readonly deadlineMs?: number;
}

export interface SearchPage {
  readonly items: readonly Document[];
  readonly nextCursor: string | undefined;
}

export interface HistogramRequest {
  readonly collection: Collection;
  readonly query: Query;
  readonly range: TimeRange;
  /** Width of a bar, milliseconds. More than 1,000 bars with rows in them: Problem `invalid_request`. */
  readonly intervalMs: number;
  /** Count per value of this field within each bar; a row without one counts under `''`, a list under each value. */
  readonly by?: string;
  readonly deadlineMs?: number;
}

export interface HistogramBar {
  /** Start of the bar, milliseconds since 1970, a multiple of the interval. */
  readonly at: number;
  readonly count: number;
  readonly value?: string;
}

export interface AggregateRequest {
  readonly collection: Collection;
  readonly query: Query;
  readonly range: TimeRange;
  readonly field: string;
  /** Most values returned, by count and then by value; at most 1,000. Rows without a value are left out. */
  readonly limit: number;
  readonly deadlineMs?: number;
}

export interface AggregateBucket {
  readonly value: string;
  readonly count: number;
}

/** Removes documents received before a time: really, from disk. */
export interface ExpirePolicy {
  readonly collection: Collection;
  readonly receivedBefore: number;
}

export interface SearchStoreCapabilities {
  /** What a resolved {@link SearchStore.flush} survives. */
  readonly durable: 'power' | 'process' | 'none';
  readonly collections: readonly Collection[];
  /**
   * True when the documents are another part's records, as alerts in PostgreSQL are the correlator's:
   * `append`, `put` and `expire` are then a bug of the caller, and the documents are durable as those records are.
   */
  readonly readOnly?: boolean;
}

/**
 * Holds documents that people search. The tenant filter comes from the context, never from the query,
 * and every row that comes back is checked against it once more.
 */
export interface SearchStore {
  readonly capabilities: SearchStoreCapabilities;
  /** Adds rows; searchable when it resolves, durable after {@link SearchStore.flush}. An offset at or below the applied one is ignored. */
  append(
    tenant: TenantContext,
    collection: Collection,
    rows: readonly Document[],
    source: SourceOffset,
  ): Promise<void>;
  /** Stores one document by id, replacing an older one. */
  put(tenant: TenantContext, collection: Collection, id: string, document: Document): Promise<void>;
  /** Makes everything appended so far durable, with its offsets. */
  flush(): Promise<void>;
  /** The last offset of a source that is durable; 0 when none. */
  applied(source: string): Promise<number>;
  search(tenant: TenantContext, request: SearchRequest): Promise<SearchPage>;
  histogram(tenant: TenantContext, request: HistogramRequest): Promise<readonly HistogramBar[]>;
  aggregate(tenant: TenantContext, request: AggregateRequest): Promise<readonly AggregateBucket[]>;
  expire(tenant: TenantContext, policy: ExpirePolicy): Promise<number>;
  close(): Promise<void>;
}
