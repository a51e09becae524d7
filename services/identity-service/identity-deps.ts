import type { KeyPepper } from '@tocsin/auth/key-pepper.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { DatabaseLog } from '@tocsin/database/log.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { LoginDeps } from './login-deps.ts';

/** What the identity service needs from the process it runs in. */
export interface IdentityDeps {
  readonly database: Database;
  readonly world: World;
  readonly pepper: KeyPepper;
  readonly log: DatabaseLog;
  /** API keys of a tenant for which no quota is set; default: the code's. */
  readonly apiKeysMax?: number;
  /** Likewise people who log in. */
  readonly peopleMax?: number;
  /** How people log in with a browser; `undefined` where they do not. */
  readonly login: LoginDeps | undefined;
}
