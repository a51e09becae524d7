import { writeAudit } from '@tocsin/database/audit.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import {
  ApiKeyParams,
  ApiKeyWithSecret,
  OVERLAP_SECONDS_DEFAULT,
  RotateInput,
  renderApiKey,
} from '../domain/api-key-document.ts';
import { giveSecret } from '../give-secret.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import { endSecrets, lockLiveApiKey, updateApiKey } from '../records.ts';

/**
 * `POST /v1/api-keys/{key_id}/rotate`: a new secret beside the present one, which ends after the overlap. A secret that
 * was ending already ends at once, so at most two are alive.
 */
export function rotateApiKeyRoute(deps: IdentityDeps): Route {
  const { database, world } = deps;
  return tenantRoute({
    method: 'POST',
    path: '/v1/api-keys/{key_id}/rotate',
    operationId: 'rotateApiKey',
    summary: 'Gives an API key a new secret and tells it, once',
    tags: ['api-keys'],
    permission: 'keys:write',
    params: ApiKeyParams,
    body: Type.Optional(RotateInput),
    responses: { 200: ApiKeyWithSecret },
    handle: async (tenant, { params, body, requestId }) => {
      const now = world.clock.now();
      const overlapSeconds = body?.overlap_seconds ?? OVERLAP_SECONDS_DEFAULT;
      const oldEndsAt = new Date(now + overlapSeconds * 1000);
      const answer = await database.inTenant(tenant, async (tx) => {
        const before = await lockLiveApiKey(tx, tenant, params.key_id);
        await endSecrets(tx, tenant, before.key_id, oldEndsAt);
        const text = await giveSecret(deps, tx, tenant, before);
        const after = await updateApiKey(tx, tenant, before.key_id, { rotated_at: new Date(now) });
        await writeAudit(tx, tenant, {
          action: 'api_key.rotate',
          objectType: 'api_key',
          objectId: before.key_id,
          before: renderApiKey(before, now),
          after: { ...renderApiKey(after, now), old_secret_ends_at: oldEndsAt.toISOString() },
          requestId,
        });
        return { ...renderApiKey(after, now), api_key: text };
      });
      return { status: 200, body: answer, headers: { 'cache-control': 'no-store' } };
    },
  });
}
