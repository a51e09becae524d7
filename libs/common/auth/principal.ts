import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Role } from './role.ts';

/** Who a verified token speaks for. */
export interface Principal {
  /** Claim `sub`. Untrusted text from the issuer: 1 to 200 characters, no control characters. */
  readonly subject: string;
  /** Claim `tenant_id`. Absent only for `platform_admin`. */
  readonly tenantId: TenantId | undefined;
  readonly role: Role;
  /** Claim `exp`, milliseconds since 1970. */
  readonly expiresAt: number;
}
