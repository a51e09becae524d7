import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { PAGE_LIMIT_MAX } from '@tocsin/contracts/page.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { allOf, fieldEquals } from '@tocsin/query/with-query.ts';
import { ALL_TIME, type Document } from '@tocsin/search/search-store.ts';
import Type from 'typebox';
import type { CompatDeps } from '../compat-deps.ts';
import {
  SEVERITY_WORDS,
  type SeverityWord,
  StoredRecord,
  storedRecord,
} from '../domain/stored-record.ts';

const query = Type.Object(
  {
    severity: Type.Optional(Type.Enum([...SEVERITY_WORDS] as SeverityWord[])),
    source: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
  },
  { additionalProperties: false },
);

/** `GET /events`: newest first. */
export function eventsRoute({ events }: CompatDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/events',
    operationId: 'compatListEvents',
    summary: 'List events',
    tags: ['compat'],
    permission: 'events:read',
    query,
    responses: { 200: Type.Array(StoredRecord) },
    handle: async (tenant, { query: asked }) => {
      const wanted = allOf([
        ...(asked.severity === undefined ? [] : [fieldEquals('severity', asked.severity)]),
        ...(asked.source === undefined ? [] : [fieldEquals('source.system', asked.source)]),
      ]);
      const found: Document[] = [];
      let cursor: string | undefined;
      do {
        const page = await events.search(tenant, {
          collection: 'events',
          query: wanted,
          range: ALL_TIME,
          limit: Math.min(asked.limit - found.length, PAGE_LIMIT_MAX),
          ...(cursor === undefined ? {} : { cursor }),
        });
        found.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== undefined && found.length < asked.limit);
      return { status: 200, body: found.map(storedRecord) };
    },
  });
}

/** The event of an id, if it is still kept. */
export async function findEvent(
  { events }: Pick<CompatDeps, 'events'>,
  tenant: TenantContext,
  eventId: string,
): Promise<StoredRecord | null> {
  const { items } = await events.search(tenant, {
    collection: 'events',
    query: fieldEquals('event_id', eventId),
    range: ALL_TIME,
    limit: 1,
  });
  return items[0] === undefined ? null : storedRecord(items[0]);
}
