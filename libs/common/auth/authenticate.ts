import { Problem } from '@tocsin/kernel/problem.ts';
import { isTenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Principal } from './principal.ts';
import { type Permission, roleGrants } from './role.ts';
import { requestContext, type TenantContext } from './tenant-context.ts';
import { TOKEN_LENGTH_MAX, type TokenVerifier } from './token-verifier.ts';

/** What a route asks of its caller. */
export interface Access {
  readonly scope: 'tenant' | 'platform' | 'public';
  readonly permission: Permission | 'none';
}

/** Who was let in: nobody in particular on public routes, a principal elsewhere, with its tenant on tenant routes. */
export interface Admission {
  readonly principal: Principal | undefined;
  readonly tenant: TenantContext | undefined;
}

/** Header names in lower case, as Node gives them. UNTRUSTED. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

const PUBLIC: Admission = Object.freeze({ principal: undefined, tenant: undefined });
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Decides whether a request may enter a route. The first that fails decides:
 * token (401), platform administrators on tenant routes (403), `X-Tenant-ID` absent or malformed (400) or other
 * than the token's (403), role without the permission (403). Platform routes ignore `X-Tenant-ID`.
 * Answers without a promise when the token was verified before.
 *
 * @throws {@link Problem} `unauthenticated`, `tenant_header_missing`, `invalid_request`, `tenant_mismatch`, `forbidden`
 */
export function authenticate(
  headers: RequestHeaders,
  verifier: TokenVerifier,
  access: Access,
): Admission | Promise<Admission> {
  if (access.scope === 'public') return PUBLIC;
  const principal = verifier.verify(bearerToken(headers));
  if (principal instanceof Promise) {
    return principal.then((known) => admit(headers, known, access));
  }
  return admit(headers, principal, access);
}

function bearerToken(headers: RequestHeaders): string {
  const header = headers.authorization;
  if (header === undefined || header === '') {
    throw new Problem('unauthenticated', {
      detail: 'send a token as "Authorization: Bearer <token>"; `tocsin token` makes one',
    });
  }
  const tooLong = typeof header !== 'string' || header.length > TOKEN_LENGTH_MAX + 10;
  const token = tooLong ? undefined : BEARER.exec(header)?.[1];
  if (token !== undefined) return token;
  throw new Problem('unauthenticated', {
    detail: `the header Authorization is not "Bearer <token>" of at most ${TOKEN_LENGTH_MAX} characters`,
  });
}

function admit(headers: RequestHeaders, principal: Principal, access: Access): Admission {
  if (access.scope === 'tenant') return admitToTenant(headers, principal, access);
  checkPermission(principal, access);
  return { principal, tenant: undefined };
}

function admitToTenant(headers: RequestHeaders, principal: Principal, access: Access): Admission {
  if (principal.tenantId === undefined) {
    throw new Problem('forbidden', {
      detail: `the role ${principal.role} manages tenants and has no access to their data`,
    });
  }
  checkTenantHeader(headers['x-tenant-id'], principal);
  checkPermission(principal, access);
  return { principal, tenant: requestContext(principal) };
}

function checkTenantHeader(header: string | string[] | undefined, principal: Principal): void {
  if (header === principal.tenantId) return;
  if (header === undefined || header === '') {
    throw new Problem('tenant_header_missing', {
      detail: 'send the tenant of the token as the header X-Tenant-ID',
    });
  }
  if (!isTenantId(header)) {
    throw new Problem('invalid_request', {
      detail:
        'the header X-Tenant-ID is not a tenant id: 3 to 63 characters of a-z, 0-9 and inner hyphens',
      errors: [{ pointer: '/headers/x-tenant-id', detail: 'is not a tenant id' }],
    });
  }
  throw new Problem('tenant_mismatch', {
    detail: 'the header X-Tenant-ID names another tenant than the token',
  });
}

function checkPermission(principal: Principal, access: Access): void {
  if (access.permission !== 'none' && roleGrants(principal.role, access.permission)) return;
  throw new Problem('forbidden', {
    detail: `the role ${principal.role} does not have the permission ${access.permission}`,
  });
}
