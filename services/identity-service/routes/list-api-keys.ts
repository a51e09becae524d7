import { cursorCodec, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { type Route, tenantRoute } from '@tocsin/http/route.ts';
import Type from 'typebox';
import { ApiKey, renderApiKey } from '../domain/api-key-document.ts';
import type { IdentityDeps } from '../identity-deps.ts';
import { listApiKeys } from '../records.ts';

const cursors = cursorCodec(Type.Object({ after: Type.String({ pattern: '^[0-9A-Za-z]{16}$' }) }));

/** `GET /v1/api-keys`: all keys by id, expired and revoked ones too. */
export function listApiKeysRoute({ database, world }: IdentityDeps): Route {
  return tenantRoute({
    method: 'GET',
    path: '/v1/api-keys',
    operationId: 'listApiKeys',
    summary: 'Lists the API keys, without what opens them',
    tags: ['api-keys'],
    permission: 'keys:read',
    query: Type.Object(pageQuery, { additionalProperties: false }),
    responses: { 200: pageSchema(ApiKey) },
    handle: async (tenant, { query }) => {
      const after = query.cursor === undefined ? undefined : cursors.read(query.cursor).after;
      const rows = await database.inTenant(tenant, (tx) =>
        listApiKeys(tx, tenant, query.limit + 1, after),
      );
      const now = world.clock.now();
      const body = pageOf(
        rows,
        query.limit,
        (row) => renderApiKey(row, now),
        (last) => cursors.write({ after: last.key_id }),
      );
      return { status: 200, body };
    },
  });
}
