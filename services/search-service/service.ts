import type { Route } from '@tocsin/http/route.ts';
import { eventsHistogramRoute } from './routes/events-histogram.ts';
import { exportEventsRoute } from './routes/export-events.ts';
import { getEventRoute } from './routes/get-event.ts';
import { searchEventsRoutes } from './routes/search-events.ts';
import type { SearchServiceDeps } from './search-service-deps.ts';

/** Answers what people ask of stored events. */
export function createSearchService(deps: SearchServiceDeps): {
  name: string;
  routes: readonly Route[];
} {
  return {
    name: 'search-service',
    routes: [
      ...searchEventsRoutes(deps),
      exportEventsRoute(deps),
      eventsHistogramRoute(deps),
      getEventRoute(deps),
    ],
  };
}
