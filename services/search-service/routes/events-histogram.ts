import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import type { Query } from '@tocsin/query/query.ts';
import { withQuery } from '@tocsin/query/with-query.ts';
import type { TimeRange } from '@tocsin/search/search-store.ts';
import Type from 'typebox';
import { chooseInterval, parseInterval } from '../domain/interval.ts';
import { timeRange } from '../domain/time-range.ts';
import { SEARCH_DEADLINE_MS, type SearchServiceDeps } from '../search-service-deps.ts';

const time = Type.Optional(Type.String({ minLength: 1, maxLength: 100 }));

const asked = Type.Object(
  {
    q: Type.String({ default: '', description: 'See docs/reference/query.md; empty finds all' }),
    from: time,
    to: time,
    interval: Type.Optional(
      Type.String({
        maxLength: 20,
        description: 'Width of a bar, for example 5m; chosen for the range when absent',
      }),
    ),
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 300, description: 'A field' })),
  },
  { additionalProperties: false },
);

const Histogram = Type.Object(
  {
    interval_seconds: Type.Integer(),
    /** Bars that have events, in order of time; a bar without any is left out. */
    items: Type.Array(
      Type.Object({
        timestamp: Type.String({ format: 'date-time', description: 'Start of the bar' }),
        count: Type.Integer(),
        value: Type.Optional(Type.String({ description: 'With `by`; empty where the field is' })),
      }),
    ),
  },
  { title: 'Histogram' },
);

/** `GET /v1/events/histogram`: how many events a query finds over time, in all or per value of a field. */
export function eventsHistogramRoute(deps: SearchServiceDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/events/histogram',
    operationId: 'countEventsOverTime',
    summary: 'Count events over time',
    tags: ['events'],
    permission: 'events:read',
    query: asked,
    responses: { 200: Histogram },
    handle: async (tenant, { query: { q, interval, by, from, to } }) => {
      const range = timeRange({ from, to, pointer: '/query' }, deps.clock);
      const body = await withQuery(q, async (query) => {
        const intervalMs =
          interval === undefined
            ? await intervalFor(deps, tenant, query, range)
            : parseInterval(interval);
        const bars = await deps.store.histogram(tenant, {
          collection: 'events',
          query,
          range,
          intervalMs,
          deadlineMs: SEARCH_DEADLINE_MS,
          ...(by === undefined ? {} : { by }),
        });
        const items = bars.map(({ at, ...rest }) => ({
          timestamp: new Date(at).toISOString(),
          ...rest,
        }));
        return { interval_seconds: intervalMs / 1000, items };
      });
      return { status: 200, body };
    },
  });
}

/** A width for what the query finds: a range without bounds would else have bars of years. */
async function intervalFor(
  { store }: SearchServiceDeps,
  tenant: TenantContext,
  query: Query,
  range: TimeRange,
): Promise<number> {
  const ends = await Promise.all(
    (['oldest', 'newest'] as const).map(async (order) => {
      const { items } = await store.search(tenant, {
        collection: 'events',
        query,
        range,
        order,
        limit: 1,
        deadlineMs: SEARCH_DEADLINE_MS,
      });
      return Date.parse(String(items[0]?.timestamp ?? '1970-01-01'));
    }),
  );
  const [first = 0, last = 0] = ends;
  return chooseInterval(last - first);
}
