import type { Database } from '@tocsin/database/database.ts';
import type { Route } from '@tocsin/http/route.ts';
import { changeTenantRoute } from './routes/change-tenant.ts';
import { createTenantRoute } from './routes/create-tenant.ts';
import { getTenantRoute } from './routes/get-tenant.ts';
import { listTenantsRoute } from './routes/list-tenants.ts';

/** What the tenant service needs from the process it runs in. */
export interface TenantServiceDeps {
  readonly database: Database;
}

/** Creates, lists and changes tenants. For platform administrators only; it reads no tenant's data. */
export function createTenantService(deps: TenantServiceDeps): {
  name: string;
  routes: readonly Route[];
} {
  return {
    name: 'tenant-service',
    routes: [
      createTenantRoute(deps.database),
      listTenantsRoute(deps.database),
      getTenantRoute(deps.database),
      changeTenantRoute(deps.database),
    ],
  };
}
