import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Access, authenticate } from './authenticate.ts';
import { pemKeys } from './pem-keys.ts';
import { PERMISSIONS, ROLES, type Role, roleGrants } from './role.ts';
import { TenantContext } from './tenant-context.ts';
import { sign, testKey } from './testing/forge.ts';
import { TokenVerifier } from './token-verifier.ts';

const clock = new ManualClock();
const key = testKey('ES256', 'k');
const tokens = new Map<Role, string>();
let verifier: TokenVerifier;

beforeAll(async () => {
  verifier = new TokenVerifier(
    [{ issuer: 'i', audience: 'tocsin', keys: await pemKeys(key.pem) }],
    clock,
  );
  const exp = clock.now() / 1000 + 600;
  for (const role of ROLES) {
    const tenant = role === 'platform_admin' ? {} : { tenant_id: 'acme-corp' };
    tokens.set(
      role,
      await sign(key, { iss: 'i', aud: 'tocsin', sub: 'ada', role, exp, ...tenant }),
    );
  }
});

const tenantRead: Access = { scope: 'tenant', permission: 'cases:read' };
const tenantWrite: Access = { scope: 'tenant', permission: 'cases:write' };
const platform: Access = { scope: 'platform', permission: 'tenants:read' };
const open: Access = { scope: 'public', permission: 'none' };

async function decide(headers: Record<string, string>, access: Access): Promise<string> {
  try {
    const { principal, tenant } = await authenticate(headers, verifier, access);
    return `${principal?.subject ?? 'anyone'} in ${tenant?.tenantId ?? 'no tenant'}`;
  } catch (error) {
    if (isProblem(error)) return `${error.status} ${error.code}`;
    throw error;
  }
}

describe('the decision', () => {
  it.each([
    // who, X-Tenant-ID, route, answer
    ['nobody', undefined, open, 'anyone in no tenant'],
    ['nobody', undefined, tenantRead, '401 unauthenticated'],
    ['nobody', 'acme-corp', tenantRead, '401 unauthenticated'],
    ['nobody', undefined, platform, '401 unauthenticated'],
    ['soc_analyst', undefined, tenantRead, '400 tenant_header_missing'],
    ['soc_analyst', '', tenantRead, '400 tenant_header_missing'],
    ['soc_analyst', 'Acme Corp', tenantRead, '400 invalid_request'],
    ['soc_analyst', 'acme-corp, acme-corp', tenantRead, '400 invalid_request'],
    ['soc_analyst', 'a.b', tenantRead, '400 invalid_request'],
    ['soc_analyst', 'acme-corp2', tenantRead, '403 tenant_mismatch'],
    ['soc_analyst', 'acme-corp', tenantRead, 'ada in acme-corp'],
    ['soc_analyst', 'acme-corp', tenantWrite, 'ada in acme-corp'],
    ['auditor', 'acme-corp', tenantRead, 'ada in acme-corp'],
    ['auditor', 'acme-corp', tenantWrite, '403 forbidden'],
    ['auditor', 'other-corp', tenantWrite, '403 tenant_mismatch'],
    ['tenant_admin', undefined, platform, '403 forbidden'],
    ['platform_admin', undefined, platform, 'ada in no tenant'],
    ['platform_admin', 'not a tenant!', platform, 'ada in no tenant'],
    ['platform_admin', 'acme-corp', tenantRead, '403 forbidden'],
    ['platform_admin', undefined, tenantRead, '403 forbidden'],
  ] as const)('of %s with X-Tenant-ID %s', async (who, tenant, access, expected) => {
    const token = who === 'nobody' ? undefined : tokens.get(who);
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(tenant === undefined ? {} : { 'x-tenant-id': tenant }),
    };
    expect(await decide(headers, access)).toBe(expected);
  });

  it.each([
    ['bearer ', 'ada in acme-corp'],
    ['BEARER   ', 'ada in acme-corp'],
    ['Basic ', '401 unauthenticated'],
    ['', '401 unauthenticated'],
    ['Bearer: ', '401 unauthenticated'],
    ['Bearer x,', '401 unauthenticated'],
  ])('reads the scheme %j', async (scheme, expected) => {
    const headers = {
      authorization: `${scheme}${tokens.get('auditor')}`,
      'x-tenant-id': 'acme-corp',
    };
    expect(await decide(headers, tenantRead)).toBe(expected);
  });

  it('is made without a promise for a token seen before', async () => {
    const headers = {
      authorization: `Bearer ${tokens.get('auditor')}`,
      'x-tenant-id': 'acme-corp',
    };
    await authenticate(headers, verifier, tenantRead);
    expect(authenticate(headers, verifier, tenantRead)).not.toBeInstanceOf(Promise);
  });
});

describe('roles', () => {
  it('grant what the table says and nothing else (A-033)', () => {
    const granted = Object.fromEntries(
      ROLES.map((role) => [role, PERMISSIONS.filter((one) => roleGrants(role, one)).join(' ')]),
    );
    expect(granted).toEqual({
      platform_admin: 'tenants:read tenants:write',
      tenant_admin:
        'events:write events:read alerts:read alerts:write incidents:read incidents:write cases:read cases:write rules:read rules:write queues:read queues:write notifications:read notifications:write audit:read keys:read keys:write',
      soc_analyst:
        'events:write events:read alerts:read alerts:write incidents:read incidents:write cases:read cases:write rules:read queues:read notifications:read',
      auditor:
        'events:read alerts:read incidents:read cases:read rules:read queues:read notifications:read audit:read',
    });
  });
});

describe('a TenantContext', () => {
  it('cannot be forged', () => {
    expect(() => new TenantContext(Symbol('mine'), 'acme-corp' as never, 'me')).toThrow(
      'minted by the auth layer',
    );
  });
});
