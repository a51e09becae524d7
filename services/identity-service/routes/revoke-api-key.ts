import { writeAudit } from '@tocsin/database/audit.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import { ApiKeyParams, renderApiKey } from '../domain/api-key-document.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import { lockApiKey, updateApiKey } from '../records.ts';

/** `DELETE /v1/api-keys/{key_id}`: opens nothing any more within 5 s, everywhere. It stays listed. Twice is fine. */
export function revokeApiKeyRoute({ database, world }: IdentityDeps): Route {
  return tenantRoute({
    method: 'DELETE',
    path: '/v1/api-keys/{key_id}',
    operationId: 'revokeApiKey',
    summary: 'Revokes an API key, for good',
    tags: ['api-keys'],
    permission: 'keys:write',
    params: ApiKeyParams,
    responses: { 204: undefined },
    handle: async (tenant, { params, requestId }) => {
      const now = world.clock.now();
      await database.inTenant(tenant, async (tx) => {
        const before = await lockApiKey(tx, tenant, params.key_id);
        if (before.revoked_at !== null) return;
        const after = await updateApiKey(tx, tenant, before.key_id, {
          revoked_at: new Date(now),
          revoked_by: tenant.actor,
        });
        await writeAudit(tx, tenant, {
          action: 'api_key.revoke',
          objectType: 'api_key',
          objectId: before.key_id,
          before: renderApiKey(before, now),
          after: renderApiKey(after, now),
          requestId,
        });
      });
      return { status: 204 };
    },
  });
}
