import { Problem } from '@tocsin/kernel/problem.ts';
import { isTenantId } from '@tocsin/kernel/tenant-id.ts';
import { API_KEY_PREFIX } from './api-key.ts';
import type { CredentialVerifier } from './credential-verifier.ts';
import type { Principal } from './principal.ts';
import { type Permission, roleGrants } from './role.ts';
import { requestContext, type TenantContext } from './tenant-context.ts';
import { TOKEN_LENGTH_MAX } from './token-verifier.ts';

/** What a route asks of its caller. */
export interface Access {
  readonly scope: 'tenant' | 'platform' | 'public';
  readonly permission: Permission | 'none';
  /** Of the route; `GET` where it is not said. With a session anything else must come from a page of ours. */
  readonly method?: string;
}

/** Who was let in: nobody in particular on public routes, a principal elsewhere, with its tenant on tenant routes. */
export interface Admission {
  readonly principal: Principal | undefined;
  readonly tenant: TenantContext | undefined;
}

/** Header names in lower case, as Node gives them. UNTRUSTED. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

const PUBLIC: Admission = Object.freeze({ principal: undefined, tenant: undefined });
const AUTHORIZATION = /^(bearer|apikey) +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Decides whether a request may enter a route. The first that fails decides:
 * credential (401), platform administrators on tenant routes (403), `X-Tenant-ID` absent (with a token) or malformed
 * (400) or other than the credential's (403), role or scopes without the permission (403). Platform routes ignore
 * `X-Tenant-ID`. Answers without a promise when the credential was verified a moment ago.
 *
 * A credential is `Authorization: Bearer <token or API key>`, `Authorization: ApiKey <API key>`, `X-API-Key`, or,
 * without any of them, the cookie of a session.
 *
 * @throws {@link Problem} `unauthenticated`, `tenant_header_missing`, `invalid_request`, `tenant_mismatch`, `forbidden`
 */
export function authenticate(
  headers: RequestHeaders,
  verifier: CredentialVerifier,
  access: Access,
): Admission | Promise<Admission> {
  if (access.scope === 'public') return PUBLIC;
  const principal = identify(headers, verifier, access);
  if (principal instanceof Promise) {
    return principal.then((known) => admit(headers, known, access));
  }
  return admit(headers, principal, access);
}

/** A session counts only where no credential is sent on purpose. */
function identify(
  headers: RequestHeaders,
  verifier: CredentialVerifier,
  { method = 'GET' }: Access,
): Principal | Promise<Principal> {
  const { authorization, 'x-api-key': apiKey, cookie } = headers;
  if (cookie !== undefined && authorization === undefined && apiKey === undefined) {
    const known = verifier.verifySession?.(headers, method);
    if (known !== undefined) return known;
  }
  return verifier.verify(credentialOf(headers));
}

function credentialOf(headers: RequestHeaders): string {
  const { authorization, 'x-api-key': apiKey } = headers;
  const hasKey = apiKey !== undefined && apiKey !== '';
  if (authorization === undefined || authorization === '') {
    if (hasKey) return readApiKey(apiKey);
    throw new Problem('unauthenticated', {
      detail: 'send a token as "Authorization: Bearer <token>"; `tocsin token` makes one',
    });
  }
  if (hasKey) {
    throw new Problem('unauthenticated', {
      detail: 'send one credential: the header Authorization or X-API-Key, not both',
    });
  }
  const tooLong = typeof authorization !== 'string' || authorization.length > TOKEN_LENGTH_MAX + 10;
  const [, scheme, credential] = (tooLong ? null : AUTHORIZATION.exec(authorization)) ?? [];
  if (scheme !== undefined && credential !== undefined) {
    return scheme.toLowerCase() === 'apikey' ? readApiKey(credential) : credential;
  }
  throw new Problem('unauthenticated', {
    detail: `the header Authorization is not "Bearer <token>" of at most ${TOKEN_LENGTH_MAX} characters`,
  });
}

/** Where an API key is announced nothing else is taken, so a token cannot come by another way than `Bearer`. */
function readApiKey(text: string | string[]): string {
  if (typeof text === 'string' && text.startsWith(API_KEY_PREFIX)) return text;
  throw new Problem('unauthenticated', {
    detail: `an API key begins with ${API_KEY_PREFIX}; a token goes into "Authorization: Bearer <token>"`,
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
    // Many senders cannot set headers of their own, and these credentials name one tenant anyway.
    if (principal.credential !== undefined) return;
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
    detail: 'the header X-Tenant-ID names another tenant than the credential',
  });
}

function checkPermission(principal: Principal, access: Access): void {
  const { permission } = access;
  if (permission !== 'none' && mayDo(principal, permission)) return;
  const who = principal.role === 'service' ? 'this key or service' : `the role ${principal.role}`;
  throw new Problem('forbidden', { detail: `${who} does not have the permission ${permission}` });
}

/** Says whether a principal has a permission: of its role, or of the scopes it was given. */
export function mayDo(principal: Principal, permission: Permission): boolean {
  if (principal.role !== 'service') return roleGrants(principal.role, permission);
  return principal.scopes?.some((scope) => scope === permission) ?? false;
}
