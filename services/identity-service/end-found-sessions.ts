import type { IdentityDeps } from './identity-deps.ts';
import {
  endSessions,
  listSessions,
  type SessionActor,
  type SessionFilter,
  type SessionOwner,
} from './session-records.ts';

/** Ends every session that is meant, here at once and in other processes within 3 s; gives how many there were. */
export async function endFoundSessions(
  { database, world, login }: IdentityDeps,
  owner: SessionOwner,
  filter: SessionFilter,
  actor: SessionActor,
): Promise<number> {
  const ended = await database.inPlatform(async (tx) => {
    const rows = await listSessions(tx, owner, filter, world.clock.now());
    await endSessions(tx, rows, actor);
    return rows;
  });
  for (const { session_hash, previous_hash } of ended) {
    login?.sessions.forget(session_hash);
    if (previous_hash !== null) login?.sessions.forget(previous_hash);
  }
  return ended.length;
}
