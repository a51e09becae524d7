import { etagOf } from '@tocsin/http/etag.ts';
import { platformRoute, type Route } from '@tocsin/http/route.ts';
import { renderTenant, Tenant, TenantParams } from '../domain/tenant.ts';
import { findTenant, unknownTenant } from '../records.ts';
import type { TenantServiceDeps } from '../tenant-service-deps.ts';

/** `GET /v1/tenants/{tenant_id}`. */
export function getTenantRoute({ database, defaultQuota }: TenantServiceDeps): Route {
  return platformRoute({
    method: 'GET',
    path: '/v1/tenants/{tenant_id}',
    operationId: 'getTenant',
    summary: 'Read a tenant',
    tags: ['tenants'],
    permission: 'tenants:read',
    params: TenantParams,
    responses: { 200: Tenant },
    handle: async (_principal, { params }) => {
      const row = await database.inPlatform((tx) => findTenant(tx, params.tenant_id));
      if (row === undefined) throw unknownTenant(params.tenant_id);
      return {
        status: 200,
        body: renderTenant(row, defaultQuota),
        headers: { etag: etagOf(row.version) },
      };
    },
  });
}
