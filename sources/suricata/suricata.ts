import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { ipOf } from '../ip-address.ts';
import { newEvent } from '../new-event.ts';
import { setActor, setTarget } from '../parties.ts';
import type { Arrival, JsonRecord, JsonSource } from '../source.ts';
import { messageOf, textOf } from '../text-member.ts';
import { timeOf } from '../timestamp.ts';

/** Suricata's EVE JSON: one record a line, its kind in `event_type`, what is particular in a member of that name. */
export const suricata: JsonSource = {
  reads: 'json',
  id: 'suricata',
  hints: ['suricata', 'eve', 'suricata-eve'],
  claims,
  map,
};

/** Suricata counts down, 1 the worst (Resolution 3); 255 is a rule without a priority. */
const ALERT_SEVERITIES: ReadonlyMap<unknown, number> = new Map([
  [1, 8],
  [2, 5],
  [3, 2],
  [4, 1],
]);
const ALERT_SEVERITY_OTHERWISE = 2;

/** The member that tells most of each kind, after its own member's name. */
const DETAILS: ReadonlyMap<string, string> = new Map([
  ['anomaly', 'event'],
  ['dns', 'rrname'],
  ['fileinfo', 'filename'],
  ['flow', 'state'],
  ['http', 'url'],
  ['smb', 'command'],
  ['smtp', 'mail_from'],
  ['ssh', 'proto_version'],
  ['tls', 'sni'],
]);

const NOTHING: JsonRecord = {};

function claims(record: JsonRecord): boolean {
  if (typeof record.event_type !== 'string' || typeof record.timestamp !== 'string') return false;
  return record.flow_id !== undefined || isObject(record[record.event_type]);
}

function map(record: JsonRecord, line: string, arrival: Arrival): NormalizedEvent {
  const event = newEvent('suricata', 'suricata', 'network', arrival.receivedAt, record, line);
  const time = timeOf(record.timestamp);
  if (Number.isNaN(time)) {
    event.parseStatus = 'partial';
    event.parseError = 'no_timestamp';
  } else {
    event.timestamp = time;
  }
  const kind = textOf(record.event_type);
  event.action = kind;
  event.severity = 1;
  event.sourceHost = textOf(record.host) || arrival.host;
  event.srcIp = ipOf(record.src_ip);
  event.dstIp = ipOf(record.dest_ip);
  setParties(event);
  const own = Object.hasOwn(record, kind) ? record[kind] : undefined;
  const details = isObject(own) ? own : NOTHING;
  const detail = DETAILS.get(kind);
  const ends = event.srcIp === '' ? kind : `${kind} ${event.srcIp} -> ${event.dstIp}`;
  event.message = `${ends} ${detail === undefined ? '' : textOf(details[detail])}`.trim();
  if (kind === 'alert') setAlert(event, details);
  if (kind === 'anomaly') event.severity = 2;
  return event;
}

/** What a rule of Suricata found. Dropped packets are an attempt that failed. */
function setAlert(event: NormalizedEvent, alert: JsonRecord): void {
  event.severity = ALERT_SEVERITIES.get(alert.severity) ?? ALERT_SEVERITY_OTHERWISE;
  if (alert.action === 'blocked') event.outcome = 'failure';
  if (alert.action === 'allowed') event.outcome = 'success';
  const signature = typeof alert.signature === 'string' ? messageOf(alert.signature) : '';
  if (signature !== '') event.message = signature;
}

function setParties(event: NormalizedEvent): void {
  if (event.srcIp !== '') {
    setActor(event, 'device', event.srcIp);
  }
  if (event.dstIp === '') return;
  setTarget(event, 'asset', event.dstIp);
}

function isObject(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
