import { roleGrants } from '@tocsin/auth/role.ts';
import { describe, expect, it } from 'vitest';
import { routeTables } from './testing/route-tables.ts';

const routes = routeTables().flatMap((table) => table.routes);
const nameOf = (route: (typeof routes)[number]) => `${route.method} ${route.path}`;

describe('all routes of all processes', () => {
  it('on a tenant’s data ask for a permission that a platform administrator does not have', () => {
    const open = routes.filter(
      ({ scope, permission }) => scope === 'tenant' && roleGrants('platform_admin', permission),
    );
    expect(open.map(nameOf)).toEqual([]);
  });

  it('on tenants themselves ask for one that nobody inside a tenant has', () => {
    const open = routes.filter(
      ({ scope, permission }) =>
        scope === 'platform' &&
        (roleGrants('tenant_admin', permission) || roleGrants('auditor', permission)),
    );
    expect(open.map(nameOf)).toEqual([]);
  });

  it('that look at credentials themselves, or need none, are the ones of this list, and no others', () => {
    const found = routes.filter(({ scope }) => scope === 'public').map(nameOf);
    expect([...new Set(found)].sort()).toEqual([
      'DELETE /v1/session/all/{id}',
      'GET /.well-known/jwks.json',
      'GET /health',
      'GET /metrics',
      'GET /openapi.json',
      'GET /ready',
      'GET /v1/login',
      'GET /v1/login/callback',
      'GET /v1/session',
      'GET /v1/session/all',
      'POST /v1/logout',
      'POST /v1/logout/backchannel',
      'POST /v1/session/renew',
    ]);
  });
});
