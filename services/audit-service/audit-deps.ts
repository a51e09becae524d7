import type { Database } from '@tocsin/database/database.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { AuditKey } from './domain/statement.ts';
import type { Sealer } from './sealer.ts';

/** What the routes of the audit service need. */
export interface AuditDeps {
  readonly database: Database;
  readonly world: World;
  readonly key: AuditKey;
  readonly sealer: Sealer;
}
