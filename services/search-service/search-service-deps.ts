import type { Database } from '@tocsin/database/database.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import type { SearchStore } from '@tocsin/search/search-store.ts';

/** How long one search may take, milliseconds. Past it the answer is 504. */
export const SEARCH_DEADLINE_MS = 10_000;

/** What the search service needs from the process it runs in. */
export interface SearchServiceDeps {
  /** A store that holds the collection `events`. */
  readonly store: SearchStore;
  readonly clock: Clock;
  /** Where exports are put on record. */
  readonly database: Database;
}
