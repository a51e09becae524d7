import { isRole } from '@tocsin/auth/role.ts';
import { parseJson } from '@tocsin/kernel/json.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { isTenantId, type TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { GroupGrant } from '../login-settings.ts';

/** Most lines of a mapping of groups. */
export const GROUP_GRANTS_MAX = 10_000;
/** Most groups of one person that are looked at. */
export const GROUPS_MAX = 1_000;

/**
 * Reads the mapping of groups: a JSON array of `{"group", "role", "tenant_id"}`, without `tenant_id` for
 * `platform_admin` only.
 *
 * @throws {@link Problem} `invalid_request` that names the line at fault
 */
export function parseGroupGrants(text: string): readonly GroupGrant[] {
  const list = parseJson(text);
  if (!Array.isArray(list)) throw refused('it is not a JSON array');
  if (list.length > GROUP_GRANTS_MAX) throw refused(`it has more than ${GROUP_GRANTS_MAX} lines`);
  return list.map((line: unknown, index) => {
    const fault = (what: string) => refused(`line ${index + 1}: ${what}`);
    if (typeof line !== 'object' || line === null) throw fault('is not an object');
    const { group, role, tenant_id: tenantId, ...more } = line as Record<string, unknown>;
    const [unknown] = Object.keys(more);
    if (unknown !== undefined) throw fault(`has a member ${unknown} that nobody knows`);
    if (typeof group !== 'string' || group === '') throw fault('has no group');
    if (!isRole(role)) throw fault('has no role of the four');
    if (role === 'platform_admin') {
      if (tenantId === undefined) return { group, role, tenantId: undefined };
      throw fault('platform_admin has no tenant_id: it reads no data of any tenant');
    }
    if (!isTenantId(tenantId)) throw fault('has no tenant_id, or one that is none');
    return { group, role, tenantId };
  });
}

/**
 * What a person may be, at most one role for each tenant: the first line of the mapping that names one of the groups.
 *
 * @param groups - UNTRUSTED: the claim as the provider sent it, a list of texts or one text
 */
export function grantsOf(mapping: readonly GroupGrant[], groups: unknown): readonly GroupGrant[] {
  const own = new Set([groups].flat().slice(0, GROUPS_MAX));
  const found = new Map<TenantId | undefined, GroupGrant>();
  for (const grant of mapping) {
    if (own.has(grant.group) && !found.has(grant.tenantId)) found.set(grant.tenantId, grant);
  }
  return [...found.values()];
}

/** How a choice is named in `/v1/login?as=`: a tenant id, or this word, which is none of the form of ids. */
export const PLATFORM_CHOICE = '~platform';

/**
 * The one role somebody logs in with.
 *
 * @param wanted - what `as` said; needed where there are several
 * @throws {@link Problem} `forbidden` when there is none, or several and none chosen
 */
export function chooseGrant(grants: readonly GroupGrant[], wanted: string | undefined): GroupGrant {
  const names = grants.map(({ tenantId }) => tenantId ?? PLATFORM_CHOICE);
  if (wanted !== undefined) {
    const chosen = grants[names.indexOf(wanted as TenantId)];
    if (chosen !== undefined) return chosen;
    throw new Problem('forbidden', { detail: `none of your groups has a role in ${wanted}` });
  }
  const [only] = grants;
  if (only === undefined) {
    throw new Problem('forbidden', {
      detail: 'none of your groups has a role here: ask who administers Tocsin',
    });
  }
  if (grants.length === 1) return only;
  throw new Problem('forbidden', {
    detail: `you have a role in several tenants: choose one with /v1/login?as=<tenant>: ${names.slice(0, 50).join(', ')}`,
  });
}

function refused(what: string): Problem {
  return new Problem('invalid_request', { detail: `the mapping of groups is not usable: ${what}` });
}
