import { idParams, notFound, pathId } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { endFoundSessions } from '../end-found-sessions.ts';
import type { IdentityDeps } from '../identity-deps.ts';

/** `DELETE /v1/sessions/{id}`: logs somebody out of the tenant. */
export function endSessionRoute(deps: IdentityDeps): Route {
  return tenantRoute({
    method: 'DELETE',
    path: '/v1/sessions/{id}',
    operationId: 'endSession',
    summary: 'Ends a session of somebody in the tenant',
    tags: ['login'],
    permission: 'keys:write',
    params: idParams,
    responses: { 204: undefined },
    handle: async ({ tenantId }, { params, principal, requestId }) => {
      assert(principal !== undefined, 'a tenant route has a principal');
      const id = pathId(params.id, 'session');
      const ended = await endFoundSessions(deps, { tenantId }, { id }, { principal, requestId });
      if (ended === 0) throw notFound('session', id);
      return { status: 204 };
    },
  });
}
