import { CATEGORIES } from '@tocsin/contracts/canonical-event.ts';
import type { Category, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { ipOf } from '../ip-address.ts';
import { newEvent } from '../new-event.ts';
import { setTarget } from '../parties.ts';
import { severityOfWord } from '../severity.ts';
import type { Arrival, JsonRecord, JsonSource } from '../source.ts';
import { messageOf, textOf } from '../text-member.ts';
import { commonTime } from './common-time.ts';
import { ecsCategory, mapEcs } from './ecs.ts';
import { healthMembers, isHealthEvent } from './health-event.ts';
import { LOG_TYPE_CATEGORIES } from './log-types.ts';
import { outcomeOfWord } from './outcome-words.ts';
import { setUser } from './user-member.ts';

/** Any JSON object that no other source claims: mapped by the names that most products use. */
export const genericJson: JsonSource = {
  reads: 'json',
  id: 'generic-json',
  hints: ['json', 'generic', 'generic-json', 'generic_json', 'ndjson', 'ecs'],
  claims: () => true,
  map,
};

const CATEGORY_WORDS: ReadonlySet<string> = new Set(CATEGORIES);

function map(record: JsonRecord, line: string, arrival: Arrival): NormalizedEvent {
  const system = textOf(record.product ?? record.service ?? record.source ?? record.app);
  const event = newEvent(
    'generic-json',
    system || 'json',
    categoryOf(record),
    arrival.receivedAt,
    record,
    line,
  );
  setTime(event, record, arrival);
  event.message = messageOf(firstText(record.message, record.msg, record.Message, record.log));
  event.action = textOf(record.action ?? record.event_type ?? record.eventType ?? record.operation);
  event.outcome = outcomeOfWord(record.outcome ?? record.result ?? record.status);
  event.severity = severityOfWord(
    record.severity ?? record.level ?? record.log_level ?? record.loglevel ?? record.lvl,
    1,
  );
  setHost(event, record, arrival);
  setParties(event, record);
  const fields = record.fields;
  if (typeof record.log_type === 'string' && typeof fields === 'object' && fields !== null) {
    setParties(event, fields as JsonRecord);
  }
  if (record.ecs !== undefined || record['ecs.version'] !== undefined) mapEcs(event, record);
  if (isHealthEvent(record)) healthMembers(event, record);
  return event;
}

/** Sets actor and addresses, as far as they are not known yet. */
function setParties(event: NormalizedEvent, record: JsonRecord): void {
  event.srcIp ||= ipOf(record.src_ip ?? record.source_ip ?? record.client_ip ?? record.ip);
  event.dstIp ||= ipOf(record.dst_ip ?? record.dest_ip ?? record.destination_ip);
  if (event.actorId === '') setUser(event, record);
}

/** Conservative: `ops` unless the record itself says otherwise in words that we know. */
function categoryOf(record: JsonRecord): Category {
  const category = record.category;
  if (typeof category === 'string' && CATEGORY_WORDS.has(category)) return category as Category;
  const logType = record.log_type;
  if (typeof logType === 'string') return LOG_TYPE_CATEGORIES.get(logType) ?? 'ops';
  return record.ecs === undefined && record['ecs.version'] === undefined
    ? 'ops'
    : ecsCategory(record);
}

function setTime(event: NormalizedEvent, record: JsonRecord, arrival: Arrival): void {
  const time = commonTime(record);
  if (time !== undefined && !Number.isNaN(time)) {
    event.timestamp = time;
    return;
  }
  const header = arrival.header;
  if (header !== undefined && !Number.isNaN(header.time)) event.timestamp = header.time;
  else if (time !== undefined) {
    event.parseStatus = 'partial';
    event.parseError = 'bad_timestamp';
  }
}

function setHost(event: NormalizedEvent, record: JsonRecord, arrival: Arrival): void {
  const host =
    nameOf(record.host ?? record.hostname ?? record.Hostname) ||
    textOf(record.Computer ?? record.HostName ?? record.host_name) ||
    arrival.host;
  event.sourceHost = host;
  if (host === '') return;
  setTarget(event, 'asset', host);
}

/** A name given as text or as an object with a name. */
function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return textOf(value);
  const named = value as JsonRecord;
  return textOf(named.name ?? named.hostname);
}

function firstText(...candidates: readonly unknown[]): string {
  for (const candidate of candidates) {
    if (typeof candidate === 'string' && candidate !== '') return candidate;
  }
  return '';
}
