import type { Permission } from '@tocsin/auth/role.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { QUERY_LENGTH_MAX } from '@tocsin/query/parse-query.ts';
import { withQuery } from '@tocsin/query/with-query.ts';
import Type from 'typebox';
import { startOf } from '../domain/stream-position.ts';
import type { LiveDeps } from '../live-deps.ts';
import type { LiveKind } from '../live-kind.ts';
import type { LiveStreams } from '../live-streams.ts';

const query = Type.Object(
  {
    q: Type.String({
      default: '',
      maxLength: QUERY_LENGTH_MAX,
      description: 'Only what this search finds; see docs/reference/query.md',
    }),
    last_event_id: Type.Optional(
      Type.String({
        maxLength: 100,
        description: 'As the header Last-Event-ID, for clients that cannot set it',
      }),
    ),
  },
  { additionalProperties: false },
);

/** What makes one stream route out of a kind. */
export interface StreamRouteOptions {
  readonly kind: LiveKind;
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  readonly permission: Permission;
}

/** `GET /v1/events/stream`, `GET /v1/alerts/stream`: what comes in, as server-sent events. */
export function streamRoute(
  deps: LiveDeps,
  streams: LiveStreams,
  { kind, path, operationId, summary, tag, permission }: StreamRouteOptions,
): Route {
  return tenantRoute({
    method: 'GET',
    path,
    operationId,
    summary,
    tags: [tag],
    permission,
    query,
    responses: {
      200: Type.String({
        description: 'text/event-stream: messages open, event or alert, gap, end',
      }),
    },
    handle: (tenant, request) =>
      withQuery(request.query.q, async (wanted) => {
        const { headers, principal, signal } = request;
        const last = request.query.last_event_id ?? headers['last-event-id'];
        const start = startOf(Array.isArray(last) ? last[0] : last, deps.world.clock.now());
        // Asked once for nothing, so that a fault of the query is an answer and not a stream that ends.
        await kind.store.search(tenant, {
          collection: kind.collection,
          query: wanted,
          range: { from: 0, to: 0 },
          limit: 1,
        });
        const admit = () => deps.admit(headers, permission);
        const follow = { kind, tenant, query: wanted, start, admit };
        return {
          status: 200,
          body: streams.open(follow, principal?.subject ?? tenant.actor, signal),
          headers: {
            'content-type': 'text/event-stream; charset=utf-8',
            'cache-control': 'no-store',
            // Proxies that hold answers back until they are whole would hold this one for ever.
            'x-accel-buffering': 'no',
          },
        };
      }),
  });
}
