import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { AlertStatus } from '@tocsin/contracts/alert.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { AlertTable } from '@tocsin/database/workflow-tables.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { SearchStore } from '@tocsin/search/search-store.ts';
import type { Selectable } from 'kysely';
import type { Dispatcher } from 'undici';

/** What the ports for older clients need. */
export interface CompatDeps {
  readonly database: Database;
  /** The process that accepts events. */
  readonly data: Dispatcher;
  readonly events: Pick<SearchStore, 'aggregate' | 'search'>;
  /** Sets the status of an alert, as its own service does: with audit and timeline. */
  readonly setAlertStatus: (
    tenant: TenantContext,
    alertId: string,
    status: AlertStatus,
    requestId: string,
  ) => Promise<Selectable<AlertTable>>;
  readonly world: World;
}
