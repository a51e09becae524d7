import type { Permission } from '@tocsin/auth/role.ts';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { SearchStore } from '@tocsin/search/search-store.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';

/** What live streams need. */
export interface LiveDeps {
  /** Stores that hold the collections `events` and `alerts`. */
  readonly events: Pick<SearchStore, 'search'>;
  readonly alerts: Pick<SearchStore, 'search'>;
  /**
   * When the oldest frame of the tenant was received that waits to become stored events, or alerts; milliseconds since
   * 1970, `undefined` when none waits.
   */
  readonly oldestWaiting: (
    what: 'events' | 'alerts',
    tenant: TenantContext,
  ) => Promise<number | undefined>;
  /** Throws a Problem when a caller with these headers would not be let in any more. */
  readonly admit: (
    headers: Readonly<Record<string, string | string[] | undefined>>,
    permission: Permission,
  ) => Promise<void>;
  readonly world: World;
  readonly metrics: Metrics;
}
