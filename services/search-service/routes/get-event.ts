import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { ALL_TIME } from '@tocsin/search/search-store.ts';
import Type from 'typebox';
import { StoredEvent } from '../domain/stored-event.ts';
import { SEARCH_DEADLINE_MS, type SearchServiceDeps } from '../search-service-deps.ts';

/** `GET /v1/events/{event_id}`. */
export function getEventRoute({ store }: SearchServiceDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/events/{event_id}',
    operationId: 'getEvent',
    summary: 'Read an event',
    tags: ['events'],
    permission: 'events:read',
    params: Type.Object({ event_id: Type.String({ format: 'uuid' }) }),
    responses: { 200: StoredEvent },
    handle: async (tenant, { params }) => {
      const { items } = await store.search(tenant, {
        collection: 'events',
        query: { kind: 'match', field: 'event_id', pattern: [params.event_id], at: 0, valueAt: 0 },
        range: ALL_TIME,
        limit: 1,
        deadlineMs: SEARCH_DEADLINE_MS,
      });
      const [event] = items;
      if (event === undefined) throw new Problem('not_found', { detail: 'there is no such event' });
      return { status: 200, body: event };
    },
  });
}
