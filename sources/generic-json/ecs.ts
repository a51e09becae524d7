import type { Category, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { ipOf } from '../ip-address.ts';
import { setTarget } from '../parties.ts';
import { severityOfWord } from '../severity.ts';
import type { JsonRecord } from '../source.ts';
import { textOf } from '../text-member.ts';
import { outcomeOfWord } from './outcome-words.ts';

/** `event.category` of ECS 9.4 in our seven; what is missing is `ops`. */
const CATEGORIES: ReadonlyMap<string, Category> = new Map([
  ['authentication', 'auth'],
  ['iam', 'auth'],
  ['session', 'auth'],
  ['process', 'endpoint'],
  ['file', 'endpoint'],
  ['registry', 'endpoint'],
  ['library', 'endpoint'],
  ['driver', 'endpoint'],
  ['malware', 'endpoint'],
  ['network', 'network'],
  ['web', 'network'],
  ['intrusion_detection', 'network'],
]);

/** The category of a record that is already ECS, by the first `event.category` that we know. */
export function ecsCategory(record: JsonRecord): Category {
  const stated = memberOf(record, 'event', 'category');
  const words: unknown[] = Array.isArray(stated) ? stated : [stated];
  for (const word of words) {
    const category = typeof word === 'string' ? CATEGORIES.get(word) : undefined;
    if (category !== undefined) return category;
  }
  return 'ops';
}

/** Adds what ECS states below its field sets, nested or with dots in the name. */
export function mapEcs(event: NormalizedEvent, record: JsonRecord): void {
  event.action = textOf(memberOf(record, 'event', 'action')) || event.action;
  event.outcome = outcomeOfWord(memberOf(record, 'event', 'outcome')) || event.outcome;
  event.severity = severityOfWord(memberOf(record, 'log', 'level'), event.severity);
  event.srcIp = ipOf(memberOf(record, 'source', 'ip')) || event.srcIp;
  event.dstIp = ipOf(memberOf(record, 'destination', 'ip')) || event.dstIp;
  const system = textOf(memberOf(record, 'event', 'module'));
  if (system !== '') event.sourceSystem = system;
  const host = textOf(memberOf(record, 'host', 'name'));
  if (host !== '') {
    event.sourceHost = host;
    setTarget(event, 'asset', host);
  }
  const user = textOf(memberOf(record, 'user', 'name'));
  if (user === '') return;
  event.actorType = 'user';
  event.actorName = user;
  event.actorId = textOf(memberOf(record, 'user', 'id')) || user;
  event.actorEmail = textOf(memberOf(record, 'user', 'email'));
}

function memberOf(record: JsonRecord, set: string, name: string): unknown {
  const nested = record[set];
  if (typeof nested === 'object' && nested !== null) return (nested as JsonRecord)[name];
  return record[`${set}.${name}`];
}
