import type { KeyPepper } from '@tocsin/auth/key-pepper.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { World } from '@tocsin/kernel/world.ts';

/** What the identity service needs from the process it runs in. */
export interface IdentityDeps {
  readonly database: Database;
  readonly world: World;
  readonly pepper: KeyPepper;
}
