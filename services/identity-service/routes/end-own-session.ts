import { idParams, notFound, pathId } from '@tocsin/http/path-id.ts';
import { publicRoute, type Route } from '@tocsin/http/route.ts';
import { endFoundSessions } from '../end-found-sessions.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import { ownSession } from '../own-session.ts';

/** `DELETE /v1/session/all/{id}`: ends one of one's own sessions, also the one that asks. */
export function endOwnSessionRoute(deps: IdentityDeps): Route {
  return publicRoute({
    method: 'DELETE',
    path: '/v1/session/all/{id}',
    operationId: 'endOwnSession',
    summary: 'Ends a session of the person whom this browser is logged in as',
    tags: ['login'],
    limitedBy: 'none',
    params: idParams,
    responses: { 204: undefined },
    handle: async ({ params, headers, requestId }) => {
      const { principal } = await ownSession(deps.login, headers, 'DELETE');
      const id = pathId(params.id, 'session of yours');
      const { subject } = principal;
      const ended = await endFoundSessions(deps, { subject }, { id }, { principal, requestId });
      if (ended === 0) throw notFound('session of yours', id);
      return { status: 204 };
    },
  });
}
