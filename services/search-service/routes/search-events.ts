import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { type Route, type RouteReply, tenantRoute } from '@tocsin/http/route.ts';
import { withQuery } from '@tocsin/query/with-query.ts';
import type { SearchRequest } from '@tocsin/search/search-store.ts';
import Type, { type Static } from 'typebox';
import { nextCursor, placeOf } from '../domain/page-cursor.ts';
import { StoredEvent } from '../domain/stored-event.ts';
import { SEARCH_DEADLINE_MS, type SearchServiceDeps } from '../search-service-deps.ts';

const time = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 100,
    description: 'RFC 3339, a date, `now-1h`, or milliseconds since 1970; no bound when absent',
  }),
);

/** Members that say which events are meant, and in which order. */
export const askedEvents = {
  q: Type.String({ default: '', description: 'See docs/reference/query.md; empty finds all' }),
  from: time,
  to: time,
  order: Type.Enum(['newest', 'oldest'] as ('newest' | 'oldest')[], { default: 'newest' }),
};

const asked = Type.Object({ ...askedEvents, ...pageQuery }, { additionalProperties: false });

type Asked = Static<typeof asked>;

/** `GET` and `POST /v1/events/search`: events that a query finds, newest first. */
export function searchEventsRoutes(deps: SearchServiceDeps): readonly Route[] {
  const shape = {
    path: '/v1/events/search',
    tags: ['events'],
    permission: 'events:read',
    responses: { 200: pageSchema(StoredEvent) },
  } as const;
  return [
    tenantRoute({
      ...shape,
      method: 'GET',
      operationId: 'searchEvents',
      summary: 'Find events',
      query: asked,
      handle: (tenant, { query }) => searchEvents(deps, tenant, query, '/query'),
    }),
    tenantRoute({
      ...shape,
      method: 'POST',
      operationId: 'searchEventsByBody',
      summary: 'Find events, the query in the body: for queries too long for a URL',
      body: asked,
      handle: (tenant, { body }) => searchEvents(deps, tenant, body, ''),
    }),
  ];
}

async function searchEvents(
  { store, clock }: SearchServiceDeps,
  tenant: TenantContext,
  { q, from, to, order, limit, cursor }: Asked,
  pointer: '/query' | '',
): Promise<RouteReply> {
  const range = { from, to, pointer };
  const place = placeOf(range, cursor, clock);
  const page = await withQuery(q, (query) => {
    const request: SearchRequest = {
      collection: 'events',
      query,
      order,
      limit,
      deadlineMs: SEARCH_DEADLINE_MS,
      ...place,
    };
    return store.search(tenant, request);
  });
  const next = page.nextCursor;
  return {
    status: 200,
    body: {
      items: page.items,
      next_cursor: next === undefined ? null : nextCursor(range, place.range, next),
    },
  };
}
