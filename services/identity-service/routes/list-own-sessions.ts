import { publicRoute, type Route } from '@tocsin/http/route.ts';
import Type from 'typebox';
import { OwnSessionEntry, renderSession } from '../domain/session-document.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import { ownSession } from '../own-session.ts';
import { listSessions } from '../session-records.ts';

/** `GET /v1/session/all`: where else the person is logged in, in whatever tenant. At most 20, so there are no pages. */
export function listOwnSessionsRoute({ database, world, login }: IdentityDeps): Route {
  return publicRoute({
    method: 'GET',
    path: '/v1/session/all',
    operationId: 'listOwnSessions',
    summary: 'Lists the sessions of the person whom this browser is logged in as',
    tags: ['login'],
    limitedBy: 'none',
    responses: { 200: Type.Object({ items: Type.Array(OwnSessionEntry) }) },
    handle: async ({ headers }) => {
      const { hash, principal } = await ownSession(login, headers, 'GET');
      const { subject } = principal;
      const rows = await database.inPlatform((tx) =>
        listSessions(tx, { subject }, {}, world.clock.now()),
      );
      const items = rows.map((row) => ({
        ...renderSession(row),
        current: row.session_hash === hash || row.previous_hash === hash,
      }));
      return { status: 200, body: { items }, headers: { 'cache-control': 'no-store' } };
    },
  });
}
