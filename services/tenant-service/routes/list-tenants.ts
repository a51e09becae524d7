import { cursorCodec, pageOf, pageQuery, pageSchema } from '@tocsin/http/page.ts';
import { platformRoute, type Route } from '@tocsin/http/route.ts';
import Type from 'typebox';
import { renderTenant, Tenant } from '../domain/tenant.ts';
import { listTenants } from '../records.ts';
import type { TenantServiceDeps } from '../tenant-service-deps.ts';

const cursors = cursorCodec(Type.Object({ after: Type.String({ maxLength: 63 }) }));

/** `GET /v1/tenants`: all tenants by id, suspended and deleted ones too. */
export function listTenantsRoute({ database, defaultQuota }: TenantServiceDeps): Route {
  return platformRoute({
    method: 'GET',
    path: '/v1/tenants',
    operationId: 'listTenants',
    summary: 'List tenants',
    tags: ['tenants'],
    permission: 'tenants:read',
    query: Type.Object(pageQuery, { additionalProperties: false }),
    responses: { 200: pageSchema(Tenant) },
    handle: async (_principal, { query }) => {
      const after = query.cursor === undefined ? undefined : cursors.read(query.cursor).after;
      const rows = await database.inPlatform((tx) => listTenants(tx, query.limit + 1, after));
      const page = pageOf(
        rows,
        query.limit,
        (row) => renderTenant(row, defaultQuota),
        (last) => cursors.write({ after: last.tenant_id }),
      );
      return { status: 200, body: page };
    },
  });
}
