import {
  SESSION_IDLE_MS,
  type SessionDirectory,
  type StoredSession,
} from '@tocsin/auth/session-verifier.ts';
import type { Database, PlatformTransaction } from '@tocsin/database/database.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { isOver, type SessionRecord } from './session-records.ts';

/** How often the use of a session is written down. */
const SEEN_EVERY_MS = 60_000;

/** Where a process reads sessions: by their present id, or by the one before for the moment that it still serves. */
export function openSessionDirectory(
  database: Database,
  { clock }: Pick<World, 'clock'>,
): SessionDirectory {
  return {
    find: (sessionHash) =>
      database.inPlatform(async (tx) => {
        const now = clock.now();
        const row = await findSession(tx, sessionHash, now);
        if (row === undefined) return undefined;
        await noteUse(tx, row, now);
        return storedSession(row, sessionHash, now);
      }),
  };
}

/** A session that is not over, by the hash of its id or of the one before. */
export async function findSession(
  tx: PlatformTransaction,
  hash: string,
  now: number,
): Promise<SessionRecord | undefined> {
  const row = await tx
    .selectFrom('login_sessions')
    .selectAll()
    .where((on) =>
      on.or([
        on('session_hash', '=', hash),
        on.and([on('previous_hash', '=', hash), on('previous_ends_at', '>', new Date(now))]),
      ]),
    )
    .executeTakeFirst();
  return row === undefined || isOver(row, now) ? undefined : row;
}

async function noteUse(tx: PlatformTransaction, row: SessionRecord, now: number): Promise<void> {
  if (now - row.last_seen_at.getTime() < SEEN_EVERY_MS) return;
  await tx
    .updateTable('login_sessions')
    .set({ last_seen_at: new Date(now) })
    .where('session_hash', '=', row.session_hash)
    .execute();
}

function storedSession(row: SessionRecord, hash: string, now: number): StoredSession {
  const idleAt = now + SESSION_IDLE_MS;
  const end = row.session_hash === hash ? idleAt : row.previous_ends_at?.getTime();
  return {
    subject: row.subject,
    tenantId: row.tenant_id === null ? undefined : parseTenantId(row.tenant_id),
    role: row.role,
    expiresAt: row.expires_at.getTime(),
    idleAt: Math.min(idleAt, end ?? idleAt),
  };
}
