import type { Principal } from '@tocsin/auth/principal.ts';
import { SESSION_IDLE_MS } from '@tocsin/auth/session-verifier.ts';
import { writePlatformAudit } from '@tocsin/database/audit.ts';
import type { PlatformTransaction } from '@tocsin/database/database.ts';
import type { LoginSessionRow } from '@tocsin/database/identity-tables.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Selectable } from 'kysely';

/** Most sessions of one person; one more ends the oldest. */
export const SESSIONS_MAX = 20;
/** How long the id before still serves when a session gets another: requests may be on their way. */
export const PREVIOUS_ID_MS = 10_000;

/** A session as stored. */
export type SessionRecord = Selectable<LoginSessionRow>;

/** Who changes sessions, for the audit log. */
export interface SessionActor {
  readonly principal: Principal;
  readonly requestId: string;
}

/** A session to begin. */
export interface NewSession extends SessionActor {
  /** How people and the audit log name it; opens nothing. */
  readonly sessionId: string;
  readonly sessionHash: string;
  readonly displayName: string;
  readonly now: number;
  readonly idTokenSealed: string | null;
  readonly providerSession: string | null;
}

/** Says whether a session was idle too long, or lasted to its end. */
export function isOver(row: SessionRecord, now: number): boolean {
  return row.expires_at.getTime() <= now || row.last_seen_at.getTime() + SESSION_IDLE_MS <= now;
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
      session_id: session.sessionId,
      session_hash: session.sessionHash,
      subject,
      display_name: session.displayName,
      tenant_id: tenantId ?? null,
      role,
      created_at: new Date(now),
      last_seen_at: new Date(now),
      expires_at: new Date(principal.expiresAt),
      id_token_sealed: session.idTokenSealed,
      provider_session: session.providerSession,
    })
    .execute();
  const view = { role, tenant_id: tenantId ?? null };
  await writePlatformAudit(tx, principal, tenantId ?? '', {
    action: 'session.begin',
    objectType: 'session',
    objectId: session.sessionId,
    before: null,
    after: view,
    requestId: session.requestId,
  });
}

/** Ends sessions that the caller found; each leaves a row in the audit log. */
export async function endSessions(
  tx: PlatformTransaction,
  rows: readonly SessionRecord[],
  { principal, requestId }: SessionActor,
): Promise<void> {
  for (const row of rows) {
    const ended = await tx
      .deleteFrom('login_sessions')
      .where('session_hash', '=', row.session_hash)
      .executeTakeFirst();
    if (ended.numDeletedRows === 0n) continue;
    await writePlatformAudit(tx, principal, row.tenant_id ?? '', {
      action: 'session.end',
      objectType: 'session',
      objectId: row.session_id,
      before: { subject: row.subject, role: row.role, tenant_id: row.tenant_id },
      after: null,
      requestId,
    });
  }
}

/** Gives a session another id; the present one serves for {@link PREVIOUS_ID_MS}. False when it is over. */
export async function renewSession(
  tx: PlatformTransaction,
  presentHash: string,
  newHash: string,
  now: number,
): Promise<boolean> {
  const renewed = await tx
    .updateTable('login_sessions')
    .set({
      session_hash: newHash,
      previous_hash: presentHash,
      previous_ends_at: new Date(now + PREVIOUS_ID_MS),
      last_seen_at: new Date(now),
    })
    .where('session_hash', '=', presentHash)
    .executeTakeFirst();
  return renewed.numUpdatedRows > 0n;
}

/** Whose sessions are meant. */
export type SessionOwner =
  | { readonly subject: string }
  | { readonly tenantId: TenantId }
  | 'everybody';

/** Which of them. */
export interface SessionFilter {
  readonly subject?: string | undefined;
  readonly id?: string | undefined;
  /** As the provider calls it. */
  readonly providerSession?: string | undefined;
  /** Those that come later in the list than this id. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** Sessions that are not over, by id. */
export function listSessions(
  tx: PlatformTransaction,
  owner: SessionOwner,
  { subject, id, providerSession, after, limit }: SessionFilter,
  now: number,
): Promise<SessionRecord[]> {
  let list = tx
    .selectFrom('login_sessions')
    .selectAll()
    .where('expires_at', '>', new Date(now))
    .where('last_seen_at', '>', new Date(now - SESSION_IDLE_MS));
  if (owner !== 'everybody') {
    list =
      'subject' in owner
        ? list.where('subject', '=', owner.subject)
        : list.where('tenant_id', '=', owner.tenantId);
  }
  if (subject !== undefined) list = list.where('subject', '=', subject);
  if (id !== undefined) list = list.where('session_id', '=', id);
  if (providerSession !== undefined) {
    list = list.where('provider_session', '=', providerSession);
  }
  if (after !== undefined) list = list.where('session_id', '>', after);
  if (limit !== undefined) list = list.limit(limit);
  return list.orderBy('session_id').execute();
}
