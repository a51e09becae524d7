import { cursorCodec, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { uuidText } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import { renderSession, SessionEntry } from '../domain/session-document.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import { listSessions } from '../session-records.ts';

/** Cursors of lists of sessions. */
export const sessionCursors = cursorCodec(
  Type.Object({ after: uuidText }, { additionalProperties: false }),
);

/** Query of lists of sessions. */
export const SessionsQuery = Type.Object(
  { ...pageQuery, subject: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) },
  { additionalProperties: false },
);

/** `GET /v1/sessions`: who is logged in to the tenant. */
export function listSessionsRoute({ database, world }: IdentityDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/sessions',
    operationId: 'listSessions',
    summary: 'Lists who is logged in to the tenant with a browser',
    tags: ['login'],
    permission: 'keys:read',
    query: SessionsQuery,
    responses: { 200: pageSchema(SessionEntry) },
    handle: async ({ tenantId }, { query: { limit, cursor, subject } }) => {
      const after = cursor === undefined ? undefined : sessionCursors.read(cursor).after;
      const filter = { subject, after, limit: limit + 1 };
      const rows = await database.inPlatform((tx) =>
        listSessions(tx, { tenantId }, filter, world.clock.now()),
      );
      const body = pageOf(rows, limit, renderSession, (last) =>
        sessionCursors.write({ after: last.session_id }),
      );
      return { status: 200, body };
    },
  });
}
