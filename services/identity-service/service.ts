import type { Route } from '@tocsin/http/route.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { createApiKeyRoute } from './routes/create-api-key.ts';
import { getApiKeyRoute } from './routes/get-api-key.ts';
import { listApiKeysRoute } from './routes/list-api-keys.ts';
import { revokeApiKeyRoute } from './routes/revoke-api-key.ts';
import { rotateApiKeyRoute } from './routes/rotate-api-key.ts';

/** Gives, rotates and revokes API keys (design 6). */
export function createIdentityService(deps: IdentityDeps): {
  name: string;
  routes: readonly Route[];
} {
  return {
    name: 'identity-service',
    routes: [
      createApiKeyRoute(deps),
      listApiKeysRoute(deps),
      getApiKeyRoute(deps),
      rotateApiKeyRoute(deps),
      revokeApiKeyRoute(deps),
    ],
  };
}
