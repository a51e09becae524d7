import type { Principal } from '@tocsin/auth/principal.ts';
import { publicRoute, type Route } from '@tocsin/http/route.ts';
import Type from 'typebox';
import { noLogin } from '../domain/no-login.ts';
import { endFoundSessions } from '../end-found-sessions.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import type { LoginParts } from './login.ts';

/** Who ends sessions then, in the audit log. */
const PROVIDER: Principal = Object.freeze({
  subject: 'system:identity-provider',
  tenantId: undefined,
  role: 'service',
  expiresAt: 0,
});

/**
 * `POST /v1/logout/backchannel`: the identity provider tells that a session ended there (OpenID Connect Back-Channel
 * Logout 1.0). Whoever sends it, the token must be the provider's.
 */
export function providerLogoutRoute(deps: IdentityDeps, parts: LoginParts | undefined): Route {
  return publicRoute({
    method: 'POST',
    path: '/v1/logout/backchannel',
    operationId: 'logoutByProvider',
    summary: 'Ends what the identity provider ended: it asks for this itself',
    tags: ['login'],
    limitedBy: 'none',
    bodyForm: true,
    body: Type.Object(
      { logout_token: Type.String({ minLength: 1, maxLength: 8_192 }) },
      { title: 'Logout told by the provider' },
    ),
    responses: { 204: undefined },
    handle: async ({ body, requestId }) => {
      if (parts === undefined) throw noLogin();
      const { subject, providerSession } = await parts.provider.readLogout(body.logout_token);
      const actor = { principal: PROVIDER, requestId };
      await endFoundSessions(deps, 'everybody', { subject, providerSession }, actor);
      return { status: 204, headers: { 'cache-control': 'no-store' } };
    },
  });
}
