import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Networks } from './networks.ts';
import type { Role, Scope } from './role.ts';

/** Who a verified credential speaks for. */
export interface Principal {
  /**
   * Claim `sub` of a token: untrusted text from the issuer, 1 to 200 characters, no control characters.
   * `key:<key id>` for an API key.
   */
  readonly subject: string;
  /** Absent only for `platform_admin`. */
  readonly tenantId: TenantId | undefined;
  /** `service`: no person, may do what `scopes` say and nothing else. */
  readonly role: Role | 'service';
  /** What a `service` may do; without them nothing. */
  readonly scopes?: readonly Scope[];
  /** When the credential ends, milliseconds since 1970. */
  readonly expiresAt: number;
  /** How it was shown where not by a bearer token: then the header `X-Tenant-ID` may be absent. */
  readonly credential?: 'api_key' | 'session';
  /** The only source an API key may send events as. */
  readonly source?: string;
  /** The only networks it may be used from. */
  readonly networks?: Networks;
}
