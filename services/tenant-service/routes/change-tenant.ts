import { checkIfMatch, etagOf } from '@tocsin/http/etag.ts';
import { platformRoute, type Route } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { checkResidency } from '../domain/residency.ts';
import { renderTenant, Tenant, TenantChange, TenantParams } from '../domain/tenant.ts';
import { lockTenant, unknownTenant, updateTenant } from '../records.ts';
import type { TenantServiceDeps } from '../tenant-service-deps.ts';

/** `PATCH /v1/tenants/{tenant_id}` with `If-Match`. Suspending stops requests within 5 s; nothing is deleted. */
export function changeTenantRoute({ database, residency, defaultQuota }: TenantServiceDeps): Route {
  return platformRoute({
    method: 'PATCH',
    path: '/v1/tenants/{tenant_id}',
    operationId: 'changeTenant',
    summary: 'Change, suspend or resume a tenant',
    tags: ['tenants'],
    permission: 'tenants:write',
    params: TenantParams,
    body: TenantChange,
    responses: { 200: Tenant },
    handle: async (principal, { params, body, headers, requestId }) => {
      checkResidency(residency, body.data_residency);
      const row = await database.inPlatform(async (tx) => {
        const before = await lockTenant(tx, params.tenant_id);
        if (before === undefined) throw unknownTenant(params.tenant_id);
        checkIfMatch(headers, before.version);
        if (before.status === 'deleting' || before.status === 'deleted') {
          const detail = `the tenant ${before.tenant_id} is ${before.status}, which cannot be undone`;
          throw new Problem('conflict', { detail });
        }
        return updateTenant(tx, before, body, { principal, requestId });
      });
      return {
        status: 200,
        body: renderTenant(row, defaultQuota),
        headers: { etag: etagOf(row.version) },
      };
    },
  });
}
