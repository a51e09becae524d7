import { readFile } from 'node:fs/promises';
import type { Principal } from '@tocsin/auth/principal.ts';
import { writePlatformAudit } from '@tocsin/database/audit.ts';
import { openDatabase } from '@tocsin/database/postgres-database.ts';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Home } from '../home.ts';
import type { PublishedDatabase } from './publish-database.ts';
import type { TokenOrder } from './token-desk.ts';

/** Who asks through the admin socket: whoever may open it. */
export const LOCAL_ADMIN = 'local-admin';

/**
 * Writes down that a token is about to be minted, in `platform.audit_log`. A token that cannot be written down is not
 * minted (design 6). It opens connections for this one row: tokens are rare, and the supervisor holds none otherwise.
 *
 * @throws Problem `unavailable` while PostgreSQL cannot be reached
 */
export async function auditToken(home: Home, world: World, order: TokenOrder): Promise<void> {
  const database = await openDatabase({
    urls: await readPublished(home),
    world,
    connectionsMax: 1,
  });
  const principal: Principal = {
    subject: LOCAL_ADMIN,
    tenantId: undefined,
    role: 'platform_admin',
    expiresAt: world.clock.now(),
  };
  try {
    await database.inPlatform((tx) =>
      writePlatformAudit(tx, principal, order.tenantId ?? '', {
        action: 'token.mint',
        objectType: 'token',
        objectId: order.role,
        before: null,
        after: { role: order.role, ttl_seconds: order.ttlSeconds },
        requestId: uuidV7(world.clock, world.random),
      }),
    );
  } finally {
    await database.close();
  }
}

async function readPublished(home: Home): Promise<PublishedDatabase> {
  try {
    return JSON.parse(await readFile(home.databaseFile, 'utf8')) as PublishedDatabase;
  } catch (cause) {
    if (!isAbsent(cause)) throw cause;
    const detail = 'Tocsin is still starting: PostgreSQL is not ready. Try again in a moment.';
    throw new Problem('unavailable', { detail, cause });
  }
}
