import { notFound } from '@tocsin/http/path-id.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { ApiKey, ApiKeyParams, renderApiKey } from '../domain/api-key-document.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import { findApiKey } from '../records.ts';

/** `GET /v1/api-keys/{key_id}`. */
export function getApiKeyRoute({ database, world }: IdentityDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/api-keys/{key_id}',
    operationId: 'getApiKey',
    summary: 'Shows an API key, without what opens it',
    tags: ['api-keys'],
    permission: 'keys:read',
    params: ApiKeyParams,
    responses: { 200: ApiKey },
    handle: async (tenant, { params }) => {
      const row = await database.inTenant(tenant, (tx) => findApiKey(tx, tenant, params.key_id));
      if (row === undefined) throw notFound('API key', params.key_id);
      return { status: 200, body: renderApiKey(row, world.clock.now()) };
    },
  });
}
