import { idParams, notFound, pathId } from '@tocsin/http/path-id.ts';
import { platformRoute, type Route } from '@tocsin/http/route.ts';
import { endFoundSessions } from '../end-found-sessions.ts';
import type { IdentityDeps } from '../identity-deps.ts';

/** `DELETE /v1/platform/sessions/{id}`: logs anybody out. */
export function endPlatformSessionRoute(deps: IdentityDeps): Route {
  return platformRoute({
    method: 'DELETE',
    path: '/v1/platform/sessions/{id}',
    operationId: 'endPlatformSession',
    summary: 'Ends a session of anybody',
    tags: ['login'],
    permission: 'tenants:write',
    params: idParams,
    responses: { 204: undefined },
    handle: async (principal, { params, requestId }) => {
      const id = pathId(params.id, 'session');
      const ended = await endFoundSessions(deps, 'everybody', { id }, { principal, requestId });
      if (ended === 0) throw notFound('session', id);
      return { status: 204 };
    },
  });
}
