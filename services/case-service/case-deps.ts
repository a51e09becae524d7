import type { Database } from '@tocsin/database/database.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { SearchStore } from '@tocsin/search/search-store.ts';

/** What the routes on cases need. */
export interface CaseDeps {
  readonly database: Database;
  /** The store that holds the collection `cases`. */
  readonly search: Pick<SearchStore, 'search'>;
  readonly world: World;
  /** Called after commits that wrote to the outbox: wakes its relay. */
  readonly committed?: () => void;
}
