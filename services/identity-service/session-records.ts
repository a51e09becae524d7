import type { Principal } from '@tocsin/auth/principal.ts';
import {
  SESSION_IDLE_MS,
  type SessionDirectory,
  type StoredSession,
} from '@tocsin/auth/session-verifier.ts';
import { writePlatformAudit } from '@tocsin/database/audit.ts';
import type { Database, PlatformTransaction } from '@tocsin/database/database.ts';
import type { LoginSessionRow } from '@tocsin/database/identity-tables.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Selectable } from 'kysely';

/** Most sessions of one person; one more ends the oldest. */
export const SESSIONS_MAX = 20;
/** How often the use of a session is written down. */
const SEEN_EVERY_MS = 60_000;

type SessionRecord = Selectable<LoginSessionRow>;

/** A session to begin. */
export interface NewSession {
  readonly sessionHash: string;
  readonly principal: Principal;
  readonly displayName: string;
  readonly now: number;
  readonly requestId: string;
}

/** Begins a session, and removes those that are over and those past {@link SESSIONS_MAX} of the same person. */
export async function beginSession(tx: PlatformTransaction, session: NewSession): Promise<void> {
  const { principal, now } = session;
  const { subject, tenantId, role } = principal;
  if (role === 'service') throw new TypeError('a service has no session');
  await tx
    .deleteFrom('login_sessions')
    .where((on) =>
      on.or([
        on('expires_at', '<=', new Date(now)),
        on('last_seen_at', '<=', new Date(now - SESSION_IDLE_MS)),
      ]),
    )
    .execute();
  const older = await tx
    .selectFrom('login_sessions')
    .select('session_hash')
    .where('subject', '=', subject)
    .orderBy('created_at', 'desc')
    .offset(SESSIONS_MAX - 1)
    .execute();
  for (const { session_hash } of older) {
    await tx.deleteFrom('login_sessions').where('session_hash', '=', session_hash).execute();
  }
  await tx
    .insertInto('login_sessions')
    .values({
      session_hash: session.sessionHash,
      subject,
      display_name: session.displayName,
      tenant_id: tenantId ?? null,
      role,
      created_at: new Date(now),
      last_seen_at: new Date(now),
      expires_at: new Date(principal.expiresAt),
    })
    .execute();
  await auditSession(tx, 'session.begin', session);
}

/** Ends a session; nothing happens when it is over already. */
export async function endSession(
  tx: PlatformTransaction,
  session: Pick<NewSession, 'sessionHash' | 'principal' | 'requestId'>,
): Promise<void> {
  const ended = await tx
    .deleteFrom('login_sessions')
    .where('session_hash', '=', session.sessionHash)
    .executeTakeFirst();
  if (ended.numDeletedRows > 0n) await auditSession(tx, 'session.end', session);
}

/** The row names the session by the first half of its hash: enough to tell sessions apart, of no use to open one. */
function auditSession(
  tx: PlatformTransaction,
  action: 'session.begin' | 'session.end',
  {
    principal,
    sessionHash,
    requestId,
  }: Pick<NewSession, 'sessionHash' | 'principal' | 'requestId'>,
): Promise<void> {
  const view = { role: principal.role, tenant_id: principal.tenantId ?? null };
  const begins = action === 'session.begin';
  return writePlatformAudit(tx, principal, principal.tenantId ?? '', {
    action,
    objectType: 'session',
    objectId: sessionHash.slice(0, 32),
    before: begins ? null : view,
    after: begins ? view : null,
    requestId,
  });
}

/** Name for people of a live session. */
export async function findDisplayName(
  tx: PlatformTransaction,
  sessionHash: string,
): Promise<string | undefined> {
  const row = await tx
    .selectFrom('login_sessions')
    .select('display_name')
    .where('session_hash', '=', sessionHash)
    .executeTakeFirst();
  return row?.display_name;
}

/** Where a process reads sessions. */
export function openSessionDirectory(
  database: Database,
  { clock }: Pick<World, 'clock'>,
): SessionDirectory {
  return {
    find: (sessionHash) =>
      database.inPlatform(async (tx) => {
        const row = await tx
          .selectFrom('login_sessions')
          .selectAll()
          .where('session_hash', '=', sessionHash)
          .executeTakeFirst();
        const now = clock.now();
        if (row === undefined || isOver(row, now)) return undefined;
        await noteUse(tx, row, now);
        return storedSession(row, now);
      }),
  };
}

function isOver(row: SessionRecord, now: number): boolean {
  return row.expires_at.getTime() <= now || row.last_seen_at.getTime() + SESSION_IDLE_MS <= now;
}

async function noteUse(tx: PlatformTransaction, row: SessionRecord, now: number): Promise<void> {
  if (now - row.last_seen_at.getTime() < SEEN_EVERY_MS) return;
  await tx
    .updateTable('login_sessions')
    .set({ last_seen_at: new Date(now) })
    .where('session_hash', '=', row.session_hash)
    .execute();
}

function storedSession(row: SessionRecord, now: number): StoredSession {
  return {
    subject: row.subject,
    tenantId: row.tenant_id === null ? undefined : parseTenantId(row.tenant_id),
    role: row.role,
    expiresAt: row.expires_at.getTime(),
    idleAt: now + SESSION_IDLE_MS,
  };
}
