import { TextSealer } from '@tocsin/auth/sealed-text.ts';
import type { Route } from '@tocsin/http/route.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { LoginCookies } from './login-cookie.ts';
import { OidcProvider } from './oidc-provider.ts';
import { createApiKeyRoute } from './routes/create-api-key.ts';
import { endOwnSessionRoute } from './routes/end-own-session.ts';
import { endPlatformSessionRoute } from './routes/end-platform-session.ts';
import { endSessionRoute } from './routes/end-session.ts';
import { endSessionsRoute } from './routes/end-sessions.ts';
import { getApiKeyRoute } from './routes/get-api-key.ts';
import { getSessionRoute } from './routes/get-session.ts';
import { listApiKeysRoute } from './routes/list-api-keys.ts';
import { listOwnSessionsRoute } from './routes/list-own-sessions.ts';
import { listPlatformSessionsRoute } from './routes/list-platform-sessions.ts';
import { listSessionsRoute } from './routes/list-sessions.ts';
import { type LoginParts, loginRoute } from './routes/login.ts';
import { loginCallbackRoute } from './routes/login-callback.ts';
import { logoutRoute } from './routes/logout.ts';
import { providerLogoutRoute } from './routes/provider-logout.ts';
import { renewSessionRoute } from './routes/renew-session.ts';
import { revokeApiKeyRoute } from './routes/revoke-api-key.ts';
import { rotateApiKeyRoute } from './routes/rotate-api-key.ts';

/** Gives, rotates and revokes API keys, and lets people log in with a browser (design 6). */
export function createIdentityService(deps: IdentityDeps): {
  name: string;
  routes: readonly Route[];
} {
  const parts = loginParts(deps);
  return {
    name: 'identity-service',
    routes: [
      createApiKeyRoute(deps),
      listApiKeysRoute(deps),
      getApiKeyRoute(deps),
      rotateApiKeyRoute(deps),
      revokeApiKeyRoute(deps),
      loginRoute(parts, deps.world),
      loginCallbackRoute(deps, parts),
      getSessionRoute(deps),
      logoutRoute(deps, parts),
      providerLogoutRoute(deps, parts),
      renewSessionRoute(deps),
      listOwnSessionsRoute(deps),
      endOwnSessionRoute(deps),
      listSessionsRoute(deps),
      endSessionRoute(deps),
      endSessionsRoute(deps),
      listPlatformSessionsRoute(deps),
      endPlatformSessionRoute(deps),
    ],
  };
}

function loginParts({ login, pepper, world, log }: IdentityDeps): LoginParts | undefined {
  if (login === undefined) return undefined;
  return {
    provider: new OidcProvider(login.settings, world, log),
    cookies: new LoginCookies(pepper.derive('login cookie'), world),
    tokens: new TextSealer(pepper.derive('identity token'), world.random),
  };
}
