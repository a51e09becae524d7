import { etagOf } from '@tocsin/http/etag.ts';
import { platformRoute, type Route } from '@tocsin/http/route.ts';
import { checkResidency } from '../domain/residency.ts';
import { NewTenant, renderTenant, Tenant } from '../domain/tenant.ts';
import { insertTenant } from '../records.ts';
import type { TenantServiceDeps } from '../tenant-service-deps.ts';

/** `POST /v1/tenants`: an id that is taken is 409, also with the same members. */
export function createTenantRoute({ database, residency, defaultQuota }: TenantServiceDeps): Route {
  return platformRoute({
    method: 'POST',
    path: '/v1/tenants',
    operationId: 'createTenant',
    summary: 'Create a tenant',
    tags: ['tenants'],
    permission: 'tenants:write',
    body: NewTenant,
    responses: { 201: Tenant },
    handle: async (principal, request) => {
      checkResidency(residency, request.body.data_residency);
      const author = { principal, requestId: request.requestId };
      const row = await database.inPlatform((tx) => insertTenant(tx, request.body, author));
      return {
        status: 201,
        body: renderTenant(row, defaultQuota),
        headers: { etag: etagOf(row.version), location: `/v1/tenants/${row.tenant_id}` },
      };
    },
  });
}
