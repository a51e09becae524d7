import type { Route } from '@tocsin/http/route.ts';
import type { LiveDeps } from './live-deps.ts';
import { LiveStreams } from './live-streams.ts';
import { streamRoute } from './routes/stream-route.ts';

export type { LiveDeps } from './live-deps.ts';

/** Sends events and alerts to people as they come. */
export function createLiveService(deps: LiveDeps): {
  name: string;
  routes: readonly Route[];
  /** Ends every stream: readers resume elsewhere. */
  close(): void;
} {
  const streams = new LiveStreams(deps.world.clock, deps.metrics);
  const events = streamRoute(deps, streams, {
    kind: {
      name: 'event',
      collection: 'events',
      timeField: 'ingested_at',
      idField: 'event_id',
      store: deps.events,
      oldestWaiting: (tenant) => deps.oldestWaiting('events', tenant),
    },
    path: '/v1/events/stream',
    operationId: 'streamEvents',
    summary: 'Follow events as they come in (server-sent events)',
    tag: 'events',
    permission: 'events:read',
  });
  const alerts = streamRoute(deps, streams, {
    kind: {
      name: 'alert',
      collection: 'alerts',
      timeField: 'updated_at',
      idField: 'alert_id',
      store: deps.alerts,
      oldestWaiting: (tenant) => deps.oldestWaiting('alerts', tenant),
    },
    path: '/v1/alerts/stream',
    operationId: 'streamAlerts',
    summary: 'Follow alerts as they are made and changed (server-sent events)',
    tag: 'alerts',
    permission: 'alerts:read',
  });
  return { name: 'live-service', routes: [events, alerts], close: () => streams.close() };
}
