import { pageOf, pageSchema } from '@tocsin/http/page.ts';
import { platformRoute, type Route } from '@tocsin/http/route.ts';
import { PlatformSessionEntry, renderPlatformSession } from '../domain/session-document.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import { listSessions } from '../session-records.ts';
import { SessionsQuery, sessionCursors } from './list-sessions.ts';

/** `GET /v1/platform/sessions`: who is logged in to whatever tenant, and to the platform itself. */
export function listPlatformSessionsRoute({ database, world }: IdentityDeps): Route {
  return platformRoute({
    method: 'GET',
    path: '/v1/platform/sessions',
    operationId: 'listPlatformSessions',
    summary: 'Lists everybody who is logged in with a browser',
    tags: ['login'],
    permission: 'tenants:read',
    query: SessionsQuery,
    responses: { 200: pageSchema(PlatformSessionEntry) },
    handle: async (_principal, { query: { limit, cursor, subject } }) => {
      const after = cursor === undefined ? undefined : sessionCursors.read(cursor).after;
      const filter = { subject, after, limit: limit + 1 };
      const rows = await database.inPlatform((tx) =>
        listSessions(tx, 'everybody', filter, world.clock.now()),
      );
      const body = pageOf(rows, limit, renderPlatformSession, (last) =>
        sessionCursors.write({ after: last.session_id }),
      );
      return { status: 200, body };
    },
  });
}
