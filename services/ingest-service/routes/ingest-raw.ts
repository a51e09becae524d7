import { rawTenantRoute } from '@tocsin/http/raw-route.ts';
import type { Route } from '@tocsin/http/route.ts';
import Type from 'typebox';
import { BODY_BYTES_MAX, SOURCE_HINT_LENGTH_MAX } from '../domain/limits.ts';
import { readLines } from '../domain/read-lines.ts';
import { IngestReply } from '../domain/reply.ts';
import { accept, type IngestDeps } from './accept.ts';

const Query = Type.Object(
  {
    source: Type.Optional(
      Type.String({
        pattern: `^[a-z0-9][a-z0-9_.-]{0,${SOURCE_HINT_LENGTH_MAX - 1}}$`,
        description: 'What the lines are, for example linux_auth; a hint, not trusted',
      }),
    ),
    wrapped: Type.Optional(
      Type.Boolean({ description: 'Each line is {"raw","source"?,"host"?}', default: false }),
    ),
  },
  { additionalProperties: false },
);

/** `POST /v1/ingest/raw`: lines as devices sent them, or wrapped one by one with their source. */
export function ingestRawRoute(deps: IngestDeps): Route {
  return rawTenantRoute({
    method: 'POST',
    path: '/v1/ingest/raw',
    operationId: 'ingestRaw',
    summary: 'Accept raw log lines, one event a line',
    tags: ['ingest'],
    permission: 'events:write',
    query: Query,
    bodyBytesMax: BODY_BYTES_MAX,
    responses: { 202: IngestReply },
    handle: (tenant, request) =>
      accept(deps, tenant, request, {
        contentType: request.query.wrapped === true ? 'application/x-tocsin-wrapped' : 'text/plain',
        sourceHint: request.query.source ?? '',
        read: readLines,
      }),
  });
}
