import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import Type from 'typebox';
import { endFoundSessions } from '../end-found-sessions.ts';
import type { IdentityDeps } from '../identity-deps.ts';

const Query = Type.Object(
  { subject: Type.String({ minLength: 1, maxLength: 200, description: 'Whose sessions end' }) },
  { additionalProperties: false },
);

/** `DELETE /v1/sessions?subject=`: logs a person out of the tenant everywhere, for one who left or lost a machine. */
export function endSessionsRoute(deps: IdentityDeps): Route {
  return tenantRoute({
    method: 'DELETE',
    path: '/v1/sessions',
    operationId: 'endSessions',
    summary: 'Ends all sessions of a person in the tenant',
    tags: ['login'],
    permission: 'keys:write',
    query: Query,
    responses: { 200: Type.Object({ ended: Type.Integer({ minimum: 0 }) }) },
    handle: async ({ tenantId }, { query: { subject }, principal, requestId }) => {
      assert(principal !== undefined, 'a tenant route has a principal');
      const actor = { principal, requestId };
      const ended = await endFoundSessions(deps, { tenantId }, { subject }, actor);
      return { status: 200, body: { ended } };
    },
  });
}
