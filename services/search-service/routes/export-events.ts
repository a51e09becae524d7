import { Readable } from 'node:stream';
import { PAGE_LIMIT_MAX } from '@tocsin/contracts/page.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { withQuery } from '@tocsin/query/with-query.ts';
import Type from 'typebox';
import { EXPORT_EVENTS_MAX, exportLines } from '../domain/export-lines.ts';
import { timeRange } from '../domain/time-range.ts';
import { SEARCH_DEADLINE_MS, type SearchServiceDeps } from '../search-service-deps.ts';
import { askedEvents } from './search-events.ts';

/** `GET /v1/events/export`: all that a query finds, as a file. On record, for it takes data out of the house. */
export function exportEventsRoute({ store, clock, database }: SearchServiceDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/events/export',
    operationId: 'exportEvents',
    summary: 'Export what a query finds',
    tags: ['events'],
    permission: 'events:read',
    mediaType: 'application/x-ndjson',
    query: Type.Object(askedEvents, { additionalProperties: false }),
    responses: {
      200: Type.String({
        description: `NDJSON: at most ${EXPORT_EVENTS_MAX} events, then a line \`export_end\` with their number and whether they are all; an export without it was cut off`,
      }),
    },
    handle: async (tenant, { query: asked, requestId }) => {
      const { q, from, to, order } = asked;
      const range = timeRange({ from, to, pointer: '/query' }, clock);
      const page = (cursor: string | undefined) =>
        withQuery(q, (query) =>
          store.search(tenant, {
            collection: 'events',
            query,
            range,
            order,
            limit: PAGE_LIMIT_MAX,
            deadlineMs: SEARCH_DEADLINE_MS,
            ...(cursor === undefined ? {} : { cursor }),
          }),
        );
      // A fault of the query, and a store that is busy, are answers; later ones cut the export off.
      const first = await page(undefined);
      await database.inTenant(tenant, (tx) =>
        writeAudit(tx, tenant, {
          action: 'events.export',
          objectType: 'events',
          objectId: requestId,
          before: null,
          after: { q, from: from ?? null, to: to ?? null, order },
          requestId,
        }),
      );
      return {
        status: 200,
        headers: { 'content-type': 'application/x-ndjson; charset=utf-8' },
        body: Readable.from(exportLines(first, page)),
      };
    },
  });
}
