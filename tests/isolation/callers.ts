import type { LocalIssuer } from '@tocsin/auth/local-issuer.ts';
import {
  isScope,
  PERMISSIONS,
  type Permission,
  ROLES,
  type Role,
  roleGrants,
} from '@tocsin/auth/role.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Belongings } from './belongings.ts';
import type { House } from './house.ts';
import type { Operation } from './operations.ts';

/** The status that must come back; `past` stands for any but 400 of the header, 401 and 403. */
export type Expected = 401 | 403 | 400 | 'past';

/** Somebody who asks. */
export interface Caller {
  readonly name: string;
  /** The tenant of the credential; undefined for nobody and for administrators of the platform. */
  readonly tenant: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  expected(operation: Operation): Expected;
}

/** Headers of a role in a tenant, with a token of this issuer. */
export async function headersOf(
  issuer: LocalIssuer,
  role: Role,
  tenant?: string,
): Promise<Record<string, string>> {
  const tenantId = tenant === undefined ? undefined : parseTenantId(tenant);
  const token = await issuer.mint({
    subject: `${role}@${tenant}`,
    tenantId,
    role,
    ttlSeconds: 3600,
  });
  const header = tenant === undefined ? {} : { 'x-tenant-id': tenant };
  return { authorization: `Bearer ${token}`, ...header };
}

/** Nobody, every role of a tenant, what has expired, and keys whose scope is another. */
export async function callersOf(
  house: House,
  home: Belongings,
  other: Belongings,
): Promise<Caller[]> {
  const { tenant } = home;
  const refused = (name: string, headers: Record<string, string>): Caller => ({
    name,
    tenant: undefined,
    headers,
    expected: ({ scope }) => (scope === 'public' ? 'past' : 401),
  });
  const expired = await headersOf(house.pastIssuer, 'tenant_admin', tenant);
  const callers = [
    refused('nobody', { 'x-tenant-id': tenant }),
    refused('nobody without a tenant', {}),
    refused('a made-up token', { authorization: 'Bearer a.b.c', 'x-tenant-id': tenant }),
    refused('an expired token', expired),
  ];
  for (const role of ROLES) {
    const isPlatform = role === 'platform_admin';
    const headers = await headersOf(house.issuer, role, isPlatform ? undefined : tenant);
    callers.push(roleCaller(role, isPlatform ? undefined : tenant, headers));
    if (isPlatform) continue;
    callers.push(
      strayCaller(`${role} with the header of another tenant`, tenant, 403, {
        ...headers,
        'x-tenant-id': other.tenant,
      }),
    );
  }
  const { authorization = '' } = await headersOf(house.issuer, 'tenant_admin', tenant);
  callers.push(strayCaller('tenant_admin without a tenant', tenant, 400, { authorization }));
  for (const [scope, key] of Object.entries(home.keys)) callers.push(keyCaller(scope, key, tenant));
  return callers;
}

function roleCaller(role: Role, tenant: string | undefined, headers: Caller['headers']): Caller {
  return {
    name: `${role} of ${tenant ?? 'the platform'}`,
    tenant,
    headers,
    expected({ scope, permission }) {
      if (scope === 'public') return 'past';
      if (scope === 'tenant' && tenant === undefined) return 403;
      return roleGrants(role, permissionOf(permission)) ? 'past' : 403;
    },
  };
}

/** Whoever names a tenant that is not his, or none, on a route of tenants; on others the header says nothing. */
function strayCaller(
  name: string,
  tenant: string,
  status: 400 | 403,
  headers: Caller['headers'],
): Caller {
  return {
    name,
    tenant,
    headers,
    expected: ({ scope }) => (scope === 'public' ? 'past' : scope === 'tenant' ? status : 403),
  };
}

function keyCaller(scope: string, key: string, tenant: string): Caller {
  return {
    name: `a key for ${scope}`,
    tenant,
    headers: { authorization: `Bearer ${key}` },
    expected({ scope: routeScope, permission }) {
      if (routeScope === 'public') return 'past';
      return routeScope === 'tenant' && isScope(permission) && permission === scope ? 'past' : 403;
    },
  };
}

function permissionOf(name: string): Permission {
  const found = PERMISSIONS.find((one) => one === name);
  if (found === undefined) throw new Error(`there is no permission ${name}`);
  return found;
}
