import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Query } from '@tocsin/query/query.ts';
import { allOf, fieldEquals } from '@tocsin/query/with-query.ts';
import { ALL_TIME, type Document, type SearchRequest, type SearchStore } from './search-store.ts';

/** A query of a person with the filters of the list beside it. */
export interface RowSearch extends Omit<SearchRequest, 'range' | 'cursor' | 'deadlineMs'> {
  /** Values that fields must have; one without a value is no filter. Field names come from code. */
  readonly equal: Readonly<Record<string, string | undefined>>;
  readonly severityMin: number | undefined;
  /** Bounds of the collection's time, milliseconds since 1970, `to` not included. */
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly cursor: string | undefined;
}

/**
 * A page of alerts or cases, as their lists answer it: what the query finds among the rows that pass the filters.
 *
 * @throws Problem as {@link SearchStore.search}
 */
export async function searchRows(
  store: Pick<SearchStore, 'search'>,
  tenant: TenantContext,
  { collection, query, order, limit, cursor, ...asked }: RowSearch,
): Promise<{ readonly items: readonly Document[]; readonly next_cursor: string | null }> {
  const { items, nextCursor } = await store.search(tenant, {
    collection,
    query: allOf([...filtersOf(asked), query]),
    range: {
      from: asked.from?.getTime() ?? ALL_TIME.from,
      to: asked.to?.getTime() ?? ALL_TIME.to,
    },
    limit,
    ...(order && { order }),
    ...(cursor !== undefined && { cursor }),
  });
  return { items, next_cursor: nextCursor ?? null };
}

function filtersOf({ equal, severityMin }: Pick<RowSearch, 'equal' | 'severityMin'>): Query[] {
  const filters = Object.entries(equal).flatMap(([field, value]) =>
    value === undefined ? [] : [fieldEquals(field, value)],
  );
  if (severityMin === undefined) return filters;
  const value = String(severityMin);
  return [...filters, { kind: 'compare', field: 'severity', op: '>=', value, at: 0, valueAt: 0 }];
}
