import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRole, isScope, PERMISSIONS, ROLES, type Role, roleGrants, SCOPES } from './role.ts';
import { rolesPage } from './roles-page.ts';

const grantsOf = (role: Role) => PERMISSIONS.filter((one) => roleGrants(role, one));

describe('the table of roles', () => {
  it('is what docs/reference/roles.md says (run scripts/dev/write-reference.ts after a change)', () => {
    const path = new URL('../../../docs/reference/roles.md', import.meta.url);
    expect(readFileSync(path, 'utf8')).toBe(rolesPage());
  });

  it('gives a platform administrator tenants and nothing inside of one', () => {
    expect(grantsOf('platform_admin')).toEqual(['tenants:read', 'tenants:write']);
  });

  it('gives nobody inside a tenant anything over tenants', () => {
    for (const role of ROLES.filter((one) => one !== 'platform_admin')) {
      expect(grantsOf(role).filter((one) => one.startsWith('tenants:'))).toEqual([]);
    }
  });

  it('lets an auditor change nothing', () => {
    expect(grantsOf('auditor').filter((one) => !one.endsWith(':read'))).toEqual([]);
  });

  it('gives a tenant administrator all that others have inside the tenant', () => {
    const admin = grantsOf('tenant_admin');
    for (const role of ['soc_analyst', 'auditor'] as const) {
      expect(admin).toEqual(expect.arrayContaining(grantsOf(role)));
    }
  });

  it('knows no role and no scope by a name every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString', '', 'admin', 'service']) {
      expect([isRole(name), isScope(name)]).toEqual([false, false]);
    }
  });
});

describe('scopes of keys and services', () => {
  it('are all permissions inside a tenant but those over keys, so that no key makes a key', () => {
    const left = PERMISSIONS.filter((one) => !SCOPES.some((scope) => scope === one));
    expect(left).toEqual(['tenants:read', 'tenants:write', 'keys:read', 'keys:write']);
  });
});
