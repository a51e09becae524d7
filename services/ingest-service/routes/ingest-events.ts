import { EventInput } from '@tocsin/contracts/canonical-event.ts';
import { rawTenantRoute } from '@tocsin/http/raw-route.ts';
import type { Route } from '@tocsin/http/route.ts';
import { BODY_BYTES_MAX } from '../domain/limits.ts';
import { readEvents } from '../domain/read-events.ts';
import { IngestReply } from '../domain/reply.ts';
import { accept, type IngestDeps } from './accept.ts';

/** `POST /v1/ingest/events`: canonical events as an object, an array or NDJSON, whatever the content type says. */
export function ingestEventsRoute(deps: IngestDeps): Route {
  return rawTenantRoute({
    method: 'POST',
    path: '/v1/ingest/events',
    operationId: 'ingestEvents',
    summary: 'Accept canonical events: one object, an array, or one a line',
    tags: ['ingest'],
    permission: 'events:write',
    bodyBytesMax: BODY_BYTES_MAX,
    documentedBody: EventInput,
    responses: { 202: IngestReply },
    handle: (tenant, request) =>
      accept(deps, tenant, request, {
        contentType: 'application/x-tocsin-events',
        sourceHint: '',
        read: (body) => readEvents(tenant.tenantId, body),
      }),
  });
}
