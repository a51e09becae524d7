import type { Logsource, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { ipOf } from '../ip-address.ts';
import { newEvent } from '../new-event.ts';
import { setTarget } from '../parties.ts';
import type { Arrival, JsonRecord, JsonSource } from '../source.ts';
import { textOf } from '../text-member.ts';
import { timeOf } from '../timestamp.ts';
import { auditOutcome, levelSeverity } from './audit.ts';
import { channelOf, type KnownEvent } from './channels.ts';
import { describeEvent } from './describe-event.ts';
import { setActor } from './windows-actor.ts';
import { flattenWinlogbeat } from './winlogbeat.ts';

/** Windows event log as JSON: flat exports, nxlog, winlogbeat 6 and 7. Sigma's field names stay at the top level. */
export const windows: JsonSource = {
  reads: 'json',
  id: 'windows',
  hints: [
    'windows',
    'windows_event_json',
    'wineventlog',
    'winlogbeat',
    'nxlog',
    'sysmon',
    'windows_sysmon',
    'windows_security',
  ],
  claims,
  map,
};

function claims(record: JsonRecord): boolean {
  if (record.EventID !== undefined) {
    return typeof record.Channel === 'string' || typeof record.SourceName === 'string';
  }
  const winlog = record.winlog;
  if (typeof winlog === 'object' && winlog !== null) return true;
  return record.event_id !== undefined && typeof record.log_name === 'string';
}

function map(record: JsonRecord, line: string, arrival: Arrival): NormalizedEvent {
  const flat = record.EventID === undefined ? flattenWinlogbeat(record, line) : undefined;
  const fields = flat === undefined ? record : flat.fields;
  const channel = channelOf(fields.Channel, fields.SourceName);
  const eventId = fields.EventID;
  const id = typeof eventId === 'number' ? eventId : Number(textOf(eventId) || Number.NaN);
  const kind = channel.events.get(id) ?? channel.otherwise;
  const event = newEvent(
    'windows',
    'windows',
    kind.category,
    arrival.receivedAt,
    fields,
    flat === undefined ? line : flat.json,
  );
  event.action = kind.action;
  event.outcome = kind.outcome !== '' || !channel.audits ? kind.outcome : auditOutcome(fields);
  event.severity = Math.max(levelSeverity(fields), event.outcome === 'failure' ? 3 : 0);
  event.logsources = logsourcesOf(kind, fields);
  setTime(event, fields);
  setHost(event, fields, arrival);
  setActor(event, fields, kind.actor);
  event.srcIp = ipOf(fields.IpAddress ?? fields.SourceIp ?? fields.SourceAddress);
  event.dstIp = ipOf(fields.DestinationIp ?? fields.DestAddress);
  event.message = describeEvent(fields, kind);
  return event;
}

/**
 * The time of the record, which all channels of a host share, and not Sysmon's `UtcTime`, which is seen days off for
 * network connections. Only a local time without a zone yields to it. `@timestamp` stands first because nxlog's
 * `EventTime` is such a local time.
 */
function setTime(event: NormalizedEvent, fields: JsonRecord): void {
  const created = fields.TimeCreated;
  let time = timeOf(fields['@timestamp']);
  if (Number.isNaN(time) && isZoned(created)) time = timeOf(created);
  if (Number.isNaN(time)) time = timeOf(fields.UtcTime ?? created);
  if (Number.isNaN(time)) time = timeOf(fields.EventTime ?? fields.TimeGenerated);
  if (Number.isNaN(time)) {
    event.parseStatus = 'partial';
    event.parseError = 'no_timestamp';
  } else {
    event.timestamp = time;
  }
}

function isZoned(time: unknown): boolean {
  return typeof time === 'string' && time.charCodeAt(time.length - 1) === 90;
}

function setHost(event: NormalizedEvent, fields: JsonRecord, arrival: Arrival): void {
  const host = textOf(fields.Hostname ?? fields.Computer) || arrival.host;
  event.sourceHost = host;
  if (host === '') return;
  setTarget(event, 'asset', host);
}

const REGISTRY_ADDED: readonly Logsource[] = registryTriples('registry_add');
const REGISTRY_DELETED: readonly Logsource[] = registryTriples('registry_delete');

function registryTriples(category: string): readonly Logsource[] {
  return [
    { product: 'windows', category, service: 'sysmon' },
    { product: 'windows', category: 'registry_event', service: 'sysmon' },
  ];
}

/** Only Sysmon's id 12 has two Sigma categories; its `EventType` (`CreateKey`, `DeleteValue`, ...) decides. */
function logsourcesOf(kind: KnownEvent, fields: JsonRecord): readonly Logsource[] {
  if (kind.sigma !== 'registry_event') return kind.logsources;
  const type = textOf(fields.EventType);
  if (type.startsWith('Delete')) return REGISTRY_DELETED;
  return type.startsWith('Create') ? REGISTRY_ADDED : kind.logsources;
}
