import type { Role } from '@tocsin/auth/role.ts';
import type { Secret } from '@tocsin/kernel/secret.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';

/** What people of a group of the identity provider may do here. */
export interface GroupGrant {
  readonly group: string;
  readonly role: Role;
  /** Absent for `platform_admin` only. */
  readonly tenantId: TenantId | undefined;
}

/** How people log in. */
export interface LoginSettings {
  /** The identity provider, as it names itself in `iss`. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client, which PKCE alone protects. */
  readonly clientSecret: Secret | undefined;
  /** Where browsers reach this installation: scheme, host and port. */
  readonly origin: string;
  /** Scopes asked for, `openid` among them. */
  readonly scope: string;
  /** Claim of the identity token that lists the groups. */
  readonly groupsClaim: string;
  /** In order: of the lines that fit one tenant the first counts. */
  readonly grants: readonly GroupGrant[];
}
