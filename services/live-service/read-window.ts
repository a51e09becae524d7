import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Query } from '@tocsin/query/query.ts';
import { allOf } from '@tocsin/query/with-query.ts';
import { ALL_TIME, type Document } from '@tocsin/search/search-store.ts';
import { idOf, type LiveKind, timeOf } from './live-kind.ts';

/** Most documents of one window. */
export const WINDOW_ITEMS_MAX = 1000;

const PAGE = 200;
const DEADLINE_MS = 5000;

/** What came in a stretch of time, in the order it came. */
export interface LiveWindow {
  readonly items: readonly Document[];
  /** There was more than {@link WINDOW_ITEMS_MAX}: `items` is a part. */
  readonly more: boolean;
}

/** Reads what a query finds of what came from `from` up to, not including, `to` (milliseconds since 1970). */
export async function readWindow(
  kind: LiveKind,
  tenant: TenantContext,
  query: Query,
  from: number,
  to: number,
): Promise<LiveWindow> {
  const bounded = allOf([query, bound(kind, '>=', from), bound(kind, '<', to)]);
  const items: Document[] = [];
  let cursor: string | undefined;
  do {
    const page = await kind.store.search(tenant, {
      collection: kind.collection,
      query: bounded,
      range: ALL_TIME,
      limit: PAGE,
      deadlineMs: DEADLINE_MS,
      ...(cursor === undefined ? {} : { cursor }),
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && items.length < WINDOW_ITEMS_MAX);
  return { items: inOrder(kind, items), more: cursor !== undefined };
}

function bound(kind: LiveKind, op: '>=' | '<', at: number): Query {
  return { kind: 'compare', field: kind.timeField, op, value: String(at), at: 0, valueAt: 0 };
}

function inOrder(kind: LiveKind, items: Document[]): readonly Document[] {
  return items.sort((a, b) => {
    const later = timeOf(kind, a) - timeOf(kind, b);
    if (later !== 0) return later;
    return idOf(kind, a) < idOf(kind, b) ? -1 : 1;
  });
}
