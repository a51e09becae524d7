import { PERMISSIONS, type Permission, ROLES, type Role, roleGrants } from '@tocsin/auth/role.ts';

/** One request that must be refused, or let past the door, whatever the route does. */
export interface AccessProbe {
  readonly name: string;
  readonly method: string;
  /** Path with each parameter filled by a UUID that names nothing. */
  readonly url: string;
  /** Role of the token; `none` sends no token, `garbage` one that is none. */
  readonly caller: Role | 'none' | 'garbage';
  /** What `X-Tenant-ID` says: the token's tenant, another's, or nothing. */
  readonly tenantHeader: 'own' | 'other' | 'absent';
  /** The status that must come back; `past` stands for any but 401 and 403. */
  readonly expected: 401 | 400 | 403 | 'past';
}

/** The part of an OpenAPI document that is read. */
export interface DescribedApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly 'x-tocsin-scope': string;
  readonly 'x-tocsin-permission': string;
}

const ABSENT_ID = '00000000-0000-4000-8000-000000000000';

/**
 * Every operation times every kind of caller, out of `/openapi.json`: what tests of isolation send to a running
 * product. A route that is added is covered without an edit here.
 */
export function accessMatrix(api: DescribedApi): AccessProbe[] {
  return Object.entries(api.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) => {
      const at = { method: method.toUpperCase(), url: path.replace(/\{\w+\}/g, ABSENT_ID) };
      return probesOf(operation).map((probe) => {
        const who = `${probe.caller} with ${probe.tenantHeader} tenant header`;
        return { ...at, ...probe, name: `${operation.operationId}: ${who} gets ${probe.expected}` };
      });
    }),
  );
}

type Probe = Pick<AccessProbe, 'caller' | 'tenantHeader' | 'expected'>;

function probesOf(operation: DescribedOperation): Probe[] {
  if (operation['x-tocsin-scope'] === 'public') {
    return [{ caller: 'none', tenantHeader: 'absent', expected: 'past' }];
  }
  const permission = PERMISSIONS.find((one) => one === operation['x-tocsin-permission']);
  if (permission === undefined) throw new Error(`${operation.operationId} states no permission`);
  const strangers: Probe[] = [
    { caller: 'none', tenantHeader: 'own', expected: 401 },
    { caller: 'none', tenantHeader: 'absent', expected: 401 },
    { caller: 'garbage', tenantHeader: 'own', expected: 401 },
  ];
  const isTenant = operation['x-tocsin-scope'] === 'tenant';
  return [...strangers, ...ROLES.flatMap((role) => roleProbes(role, permission, isTenant))];
}

function roleProbes(role: Role, permission: Permission, isTenant: boolean): Probe[] {
  const granted = roleGrants(role, permission);
  if (!isTenant)
    return [{ caller: role, tenantHeader: 'absent', expected: granted ? 'past' : 403 }];
  if (role === 'platform_admin') return [{ caller: role, tenantHeader: 'own', expected: 403 }];
  return [
    { caller: role, tenantHeader: 'own', expected: granted ? 'past' : 403 },
    { caller: role, tenantHeader: 'other', expected: 403 },
    { caller: role, tenantHeader: 'absent', expected: 400 },
  ];
}
