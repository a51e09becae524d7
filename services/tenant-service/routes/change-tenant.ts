import type { Database } from '@tocsin/database/database.ts';
import { checkIfMatch, etagOf } from '@tocsin/http/etag.ts';
import { platformRoute, type Route } from '@tocsin/http/route.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { renderTenant, Tenant, TenantChange, TenantParams } from '../domain/tenant.ts';
import { lockTenant, unknownTenant, updateTenant } from '../records.ts';

/** `PATCH /v1/tenants/{tenant_id}` with `If-Match`. Suspending stops requests within 5 s; nothing is deleted. */
export function changeTenantRoute(database: Database): Route {
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
      const row = await database.inPlatform(async (tx) => {
        const before = await lockTenant(tx, params.tenant_id);
        if (before === undefined) throw unknownTenant(params.tenant_id);
        checkIfMatch(headers, before.version);
        if (before.status === 'deleted') {
          throw new Problem('conflict', { detail: `the tenant ${before.tenant_id} is deleted` });
        }
        return updateTenant(tx, before, body, { principal, requestId });
      });
      return { status: 200, body: renderTenant(row), headers: { etag: etagOf(row.version) } };
    },
  });
}
