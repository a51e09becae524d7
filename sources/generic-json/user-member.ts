import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { JsonRecord } from '../source.ts';
import { textOf } from '../text-member.ts';

/** Sets the actor from the usual members: a name, or an object with id, name and e-mail. */
export function setUser(event: NormalizedEvent, record: JsonRecord): void {
  const user = record.user ?? record.actor ?? record.username ?? record.user_name;
  const from = user ?? record.userName ?? record.UserName ?? record.user_id ?? record.userId;
  if (typeof from === 'object' && from !== null) setFromObject(event, from as JsonRecord);
  else event.actorId = textOf(from);
  if (event.actorId === '') event.actorId = event.actorName || event.actorEmail;
  if (event.actorId === '') return;
  if (event.actorName === '') event.actorName = event.actorId;
  if (event.actorType === '') event.actorType = 'user';
}

function setFromObject(event: NormalizedEvent, user: JsonRecord): void {
  event.actorEmail = textOf(user.email ?? user.alternateId);
  event.actorName = textOf(user.name ?? user.username ?? user.displayName ?? user.login);
  event.actorId = textOf(user.id);
  if (user.type === 'service' || user.type === 'device' || user.type === 'unknown') {
    event.actorType = user.type;
  }
}
