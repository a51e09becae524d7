import { Problem } from './problem.ts';

/** The id of a tenant, known to be safe inside topic names, paths and index names. */
export type TenantId = string & { readonly __tenantId: unique symbol };

/** 3 to 63 characters: lower-case letters, digits and inner hyphens (design 4.1, X-01). */
export const TENANT_ID_PATTERN = '^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$';

const pattern = new RegExp(TENANT_ID_PATTERN);

/** Says whether an untrusted value is a well-formed tenant id. No dots, wildcards, slashes or NULs. */
export function isTenantId(value: unknown): value is TenantId {
  return typeof value === 'string' && pattern.test(value);
}

/**
 * Parses an untrusted tenant id, before it becomes part of any name.
 *
 * @throws {@link Problem} `invalid_request` when it does not match {@link TENANT_ID_PATTERN}
 */
export function parseTenantId(value: unknown, pointer = '/tenant_id'): TenantId {
  if (isTenantId(value)) return value;
  throw new Problem('invalid_request', {
    detail: `a tenant id has 3 to 63 characters of a-z, 0-9 and inner hyphens`,
    errors: [{ pointer, detail: `must match ${TENANT_ID_PATTERN}` }],
  });
}
