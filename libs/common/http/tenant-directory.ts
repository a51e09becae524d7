import type { TenantQuota } from '@tocsin/contracts/tenant-quota.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';

/** What the server must know of a tenant before it serves it. */
export interface TenantState {
  readonly status: 'active' | 'suspended' | 'deleted';
  /** What it may use; absent where a directory does not tell, and then the defaults hold. */
  readonly quota?: TenantQuota;
}

/** Where the server asks whether a token's tenant exists and may work. */
export interface TenantDirectory {
  find(tenantId: TenantId): Promise<TenantState | undefined>;
}

/** How long an active tenant is believed to be active: a suspension or a new quota takes effect within this time. */
export const TENANT_STATE_MS_MAX = 5_000;
/** Most tenants remembered. */
export const TENANT_STATES_MAX = 10_000;

interface Active {
  readonly state: TenantState;
  readonly until: number;
}

/** Lets active tenants pass, from memory where they passed a moment ago. Only good news is remembered. */
export class TenantGate {
  readonly #directory: TenantDirectory;
  readonly #clock: Clock;
  readonly #active = new Map<TenantId, Active>();

  constructor(directory: TenantDirectory, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /**
   * Gives the state of a tenant that may work, at once where it is known.
   *
   * @throws {@link Problem} `forbidden` when the tenant does not exist, is suspended or deleted
   */
  check(tenantId: TenantId): TenantState | Promise<TenantState> {
    const known = this.#active.get(tenantId);
    if (known !== undefined && known.until > this.#clock.monotonic()) return known.state;
    return this.#ask(tenantId);
  }

  async #ask(tenantId: TenantId): Promise<TenantState> {
    const askedAt = this.#clock.monotonic();
    const state = await this.#directory.find(tenantId);
    this.#active.delete(tenantId);
    if (state?.status !== 'active') throw refusal(tenantId, state);
    if (this.#active.size >= TENANT_STATES_MAX) this.#active.clear();
    this.#active.set(tenantId, { state, until: askedAt + TENANT_STATE_MS_MAX });
    return state;
  }
}

function refusal(tenantId: TenantId, state: TenantState | undefined): Problem {
  const detail =
    state?.status === 'suspended'
      ? `the tenant ${tenantId} is suspended; a platform administrator can resume it`
      : `there is no tenant ${tenantId}; a platform administrator can create it`;
  return new Problem('forbidden', { detail });
}
