import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { JsonRecord } from '../source.ts';
import { textOf } from '../text-member.ts';
import type { WindowsEvent } from './channels.ts';

/** The log's own mark for an empty value. */
const EMPTY = '-';

/** Sets who acted: id `DOMAIN\name`, name without the domain. Machine accounts are devices, built-in ones services. */
export function setActor(
  event: NormalizedEvent,
  fields: JsonRecord,
  actor: WindowsEvent['actor'],
): void {
  if (actor === 'user') {
    setQualified(event, textOf(fields.User));
    if (event.actorId !== '') return;
  }
  if (actor === 'target') {
    setPair(event, textOf(fields.TargetUserName), textOf(fields.TargetDomainName));
    if (event.actorId !== '') return;
  }
  setPair(event, textOf(fields.SubjectUserName), textOf(fields.SubjectDomainName));
  if (event.actorId === '') setPair(event, textOf(fields.AccountName), textOf(fields.Domain));
}

function setQualified(event: NormalizedEvent, user: string): void {
  if (user === '' || user === EMPTY) return;
  const slash = user.indexOf('\\');
  event.actorId = user;
  event.actorName = slash < 0 ? user : user.slice(slash + 1);
  event.actorType = typeOf(event.actorName, user.startsWith('NT AUTHORITY\\'));
}

function setPair(event: NormalizedEvent, name: string, domain: string): void {
  if (name === '' || name === EMPTY) return;
  event.actorId = domain === '' || domain === EMPTY ? name : `${domain}\\${name}`;
  event.actorName = name;
  event.actorType = typeOf(name, domain === 'NT AUTHORITY');
}

function typeOf(name: string, builtIn: boolean): 'user' | 'service' | 'device' {
  if (builtIn) return 'service';
  return name.charCodeAt(name.length - 1) === 36 ? 'device' : 'user';
}
