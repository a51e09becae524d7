import { checkIfMatch, etagOf } from '@tocsin/http/etag.ts';
import { platformRoute, type Route } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { renderTenant, Tenant, TenantParams } from '../domain/tenant.ts';
import { lockTenant, requestDeletion, unknownTenant } from '../records.ts';
import type { TenantServiceDeps } from '../tenant-service-deps.ts';

/**
 * `DELETE /v1/tenants/{tenant_id}` with `If-Match`: asks for the deletion of a suspended tenant, for ever. A job does
 * it; `GET` shows how far it is. Asking again changes nothing.
 */
export function deleteTenantRoute({ database, defaultQuota }: TenantServiceDeps): Route {
  return platformRoute({
    method: 'DELETE',
    path: '/v1/tenants/{tenant_id}',
    operationId: 'deleteTenant',
    summary: 'Delete a suspended tenant and all of its data',
    tags: ['tenants'],
    permission: 'tenants:write',
    params: TenantParams,
    responses: { 202: Tenant },
    handle: async (principal, { params, headers, requestId }) => {
      const row = await database.inPlatform(async (tx) => {
        const before = await lockTenant(tx, params.tenant_id);
        if (before === undefined) throw unknownTenant(params.tenant_id);
        if (before.status === 'deleting' || before.status === 'deleted') return before;
        checkIfMatch(headers, before.version);
        if (before.status === 'active') {
          throw new Problem('conflict', {
            detail: `the tenant ${before.tenant_id} is active: suspend it first, and delete it when nobody misses it`,
          });
        }
        return requestDeletion(tx, before, { principal, requestId });
      });
      return {
        status: 202,
        body: renderTenant(row, defaultQuota),
        headers: { etag: etagOf(row.version) },
      };
    },
  });
}
