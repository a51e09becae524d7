import type { Route } from '@tocsin/http/route.ts';
import { changeTenantRoute } from './routes/change-tenant.ts';
import { createTenantRoute } from './routes/create-tenant.ts';
import { deleteTenantRoute } from './routes/delete-tenant.ts';
import { getTenantRoute } from './routes/get-tenant.ts';
import { listTenantsRoute } from './routes/list-tenants.ts';
import type { TenantServiceDeps } from './tenant-service-deps.ts';

/** Creates, lists, changes and ends tenants. For platform administrators only; it reads no tenant's data. */
export function createTenantService(deps: TenantServiceDeps): {
  name: string;
  routes: readonly Route[];
} {
  return {
    name: 'tenant-service',
    routes: [
      createTenantRoute(deps),
      listTenantsRoute(deps),
      getTenantRoute(deps),
      changeTenantRoute(deps),
      deleteTenantRoute(deps),
    ],
  };
}
