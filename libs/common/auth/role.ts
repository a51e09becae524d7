/** What a permission allows. A route declares one; a role or a scope grants it. */
export const PERMISSIONS = [
  'events:write',
  'events:read',
  'alerts:read',
  'alerts:write',
  'incidents:read',
  'incidents:write',
  'cases:read',
  'cases:write',
  'rules:read',
  'rules:write',
  'queues:read',
  'queues:write',
  'notifications:read',
  'notifications:write',
  'tenants:read',
  'tenants:write',
  'audit:read',
  'keys:read',
  'keys:write',
] as const;

/** One of {@link PERMISSIONS}. */
export type Permission = (typeof PERMISSIONS)[number];

/** The four roles of people. A token without one of them is refused. */
export const ROLES = ['platform_admin', 'tenant_admin', 'soc_analyst', 'auditor'] as const;

/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

/**
 * What an API key or a service may be given: everything inside a tenant but the keys themselves, so that a stolen key
 * makes no other.
 */
export type Scope = Exclude<Permission, `tenants:${string}` | `keys:${string}`>;

/** All of {@link Scope}. */
export const SCOPES: readonly Scope[] = PERMISSIONS.filter(isScopePermission);

/** Says whether an untrusted value names a scope. */
export function isScope(value: unknown): value is Scope {
  return SCOPES.some((scope) => scope === value);
}

function isScopePermission(permission: Permission): permission is Scope {
  return !/^(tenants|keys):/.test(permission);
}

const READ = [
  'events:read',
  'alerts:read',
  'incidents:read',
  'cases:read',
  'rules:read',
  'queues:read',
  'notifications:read',
] as const;

const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  /** Tenants only: no data of any tenant (Resolution 10). */
  platform_admin: ['tenants:read', 'tenants:write'],
  tenant_admin: [
    ...READ,
    'events:write',
    'alerts:write',
    'incidents:write',
    'cases:write',
    'rules:write',
    'queues:write',
    'notifications:write',
    'audit:read',
    'keys:read',
    'keys:write',
  ],
  soc_analyst: [...READ, 'events:write', 'alerts:write', 'incidents:write', 'cases:write'],
  auditor: [...READ, 'audit:read'],
};

/** Says whether an untrusted value names a role. */
export function isRole(value: unknown): value is Role {
  return typeof value === 'string' && ROLES.some((role) => role === value);
}

/** Says whether a role grants a permission. Deny is the default: only what {@link GRANTS} lists is allowed. */
export function roleGrants(role: Role, permission: Permission): boolean {
  return GRANTS[role].includes(permission);
}
