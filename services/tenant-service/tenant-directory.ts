import { DEFAULT_QUOTA, type TenantQuota } from '@tocsin/contracts/tenant-quota.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { TenantDirectory, TenantState } from '@tocsin/http/tenant-directory.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { quotaOf } from './domain/tenant.ts';
import { findTenant } from './records.ts';

/** Most tenants remembered for the time that PostgreSQL is down; the one asked for longest ago goes first. */
export const KNOWN_TENANTS_MAX = 10_000;

/** How long an answer is good while PostgreSQL is down. */
export const KNOWN_TENANT_MS_MAX = 24 * 3_600_000;

/** How long a tenant that is known waits for PostgreSQL before the known answer serves. */
export const ANSWER_MS_MAX = 1_000;

interface Known {
  readonly state: TenantState;
  readonly readAt: number;
}

/**
 * Where a process asks whether a tenant exists and may work: reads `platform.tenants`, and while PostgreSQL is down
 * or slow answers what it read last, so that ingest goes on. Holds no answer back otherwise: the server's own gate
 * remembers for 5 s. A tenant never seen before cannot be let in while PostgreSQL is down (503).
 */
export function openTenantDirectory(
  database: Database,
  world: World,
  defaultQuota: TenantQuota = DEFAULT_QUOTA,
): TenantDirectory {
  return new KnownTenants(database, world, defaultQuota);
}

class KnownTenants implements TenantDirectory {
  readonly #database: Database;
  readonly #world: World;
  readonly #defaultQuota: TenantQuota;
  readonly #known = new Map<TenantId, Known>();
  readonly #asking = new Map<TenantId, Promise<TenantState | undefined>>();

  constructor(database: Database, world: World, defaultQuota: TenantQuota) {
    this.#database = database;
    this.#world = world;
    this.#defaultQuota = defaultQuota;
  }

  async find(tenantId: TenantId): Promise<TenantState | undefined> {
    const known = this.#known.get(tenantId);
    try {
      return await (known === undefined ? this.#ask(tenantId) : this.#askInTime(tenantId));
    } catch (error) {
      const ageMs = this.#world.clock.monotonic() - (known?.readAt ?? 0);
      if (known !== undefined && ageMs <= KNOWN_TENANT_MS_MAX && isOutage(error))
        return known.state;
      throw error;
    }
  }

  /** Requests that come together ask once. */
  #ask(tenantId: TenantId): Promise<TenantState | undefined> {
    const running = this.#asking.get(tenantId);
    if (running !== undefined) return running;
    const asking = this.#read(tenantId).finally(() => this.#asking.delete(tenantId));
    this.#asking.set(tenantId, asking);
    return asking;
  }

  async #read(tenantId: TenantId): Promise<TenantState | undefined> {
    const row = await this.#database.inPlatform((tx) => findTenant(tx, tenantId));
    this.#known.delete(tenantId);
    if (row === undefined) return undefined;
    // Whoever is being deleted is gone already, as far as requests go.
    const status = row.status === 'deleting' ? 'deleted' : row.status;
    const state: TenantState = { status, quota: quotaOf(row, this.#defaultQuota) };
    const [oldest] = this.#known.keys();
    if (this.#known.size >= KNOWN_TENANTS_MAX && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(tenantId, { state, readAt: this.#world.clock.monotonic() });
    return state;
  }

  #askInTime(tenantId: TenantId): Promise<TenantState | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.#world.clock.after(ANSWER_MS_MAX, () =>
        reject(new Problem('deadline_exceeded', { detail: 'PostgreSQL took too long to answer' })),
      );
      this.#ask(tenantId).then(resolve, reject).finally(cancel);
    });
  }
}

/** PostgreSQL is away or slow: what it said before is the best there is. Other faults are not covered up. */
function isOutage(error: unknown): boolean {
  return isProblem(error) && error.retryable;
}
