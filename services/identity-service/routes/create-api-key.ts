import { mayDo } from '@tocsin/auth/authenticate.ts';
import type { Principal } from '@tocsin/auth/principal.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import {
  ApiKeyInput,
  ApiKeyWithSecret,
  ENVIRONMENT_DEFAULT,
  readExpiry,
  readNetworks,
  renderApiKey,
} from '../domain/api-key-document.ts';
import { giveSecret } from '../give-secret.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import { insertApiKey, readKeysMax } from '../records.ts';

/** `POST /v1/api-keys`: the answer is the only place where the key is told. */
export function createApiKeyRoute(deps: IdentityDeps): Route {
  const { database, world } = deps;
  return tenantRoute({
    method: 'POST',
    path: '/v1/api-keys',
    operationId: 'createApiKey',
    summary: 'Makes an API key and tells it, once',
    tags: ['api-keys'],
    permission: 'keys:write',
    body: ApiKeyInput,
    responses: { 201: ApiKeyWithSecret },
    handle: async (tenant, { body, principal, requestId }) => {
      checkScopes(principal, body);
      const now = world.clock.now();
      const key = {
        name: body.name,
        environment: body.environment ?? ENVIRONMENT_DEFAULT,
        scopes: body.scopes,
        source: body.source ?? null,
        networks: readNetworks(body.networks),
        expires_at: readExpiry(body.expires_at, now),
        created_at: new Date(now),
      };
      const keysMax = await database.inPlatform((tx) => readKeysMax(tx, tenant, deps.apiKeysMax));
      const made = await database.inTenant(tenant, async (tx) => {
        const row = await insertApiKey(tx, tenant, key, keysMax, world);
        const text = await giveSecret(deps, tx, tenant, row);
        await writeAudit(tx, tenant, {
          action: 'api_key.create',
          objectType: 'api_key',
          objectId: row.key_id,
          before: null,
          after: renderApiKey(row, now),
          requestId,
        });
        return { ...renderApiKey(row, now), api_key: text };
      });
      return {
        status: 201,
        body: made,
        headers: { location: `/v1/api-keys/${made.key_id}`, 'cache-control': 'no-store' },
      };
    },
  });
}

/** Nobody makes a key that may do more than its maker. */
function checkScopes(principal: Principal | undefined, { scopes }: ApiKeyInput): void {
  assert(principal !== undefined, 'a tenant route has a principal');
  const index = scopes.findIndex((scope) => !mayDo(principal, scope));
  if (index < 0) return;
  const detail = `you do not have the permission ${scopes[index]} yourself`;
  throw new Problem('forbidden', { detail, errors: [{ pointer: `/scopes/${index}`, detail }] });
}
