import type { Database } from '@tocsin/database/database.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { SearchStore } from '@tocsin/search/search-store.ts';
import type { Dispatcher } from 'undici';

/** What the ports for older clients need. */
export interface CompatDeps {
  readonly database: Database;
  /** The process that accepts events. */
  readonly data: Dispatcher;
  readonly events: Pick<SearchStore, 'aggregate'>;
  readonly world: World;
}
