import type { Database } from '@tocsin/database/database.ts';
import type { World } from '@tocsin/kernel/world.ts';

/** What the routes on cases need. */
export interface CaseDeps {
  readonly database: Database;
  readonly world: World;
  /** Called after commits that wrote to the outbox: wakes its relay. */
  readonly committed?: () => void;
}
