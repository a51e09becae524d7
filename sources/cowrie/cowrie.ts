import type { Category, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { ipOf } from '../ip-address.ts';
import { newEvent } from '../new-event.ts';
import { setActor, setTarget } from '../parties.ts';
import type { Arrival, JsonRecord, JsonSource } from '../source.ts';
import { messageOf, textOf } from '../text-member.ts';
import { timeOf } from '../timestamp.ts';

/** The JSON log of the honeypot Cowrie: everything in it is somebody who should not be there. */
export const cowrie: JsonSource = {
  reads: 'json',
  id: 'cowrie',
  hints: ['cowrie', 'honeypot'],
  claims: (record) => typeof record.eventid === 'string' && record.eventid.startsWith(PREFIX),
  map,
};

const PREFIX = 'cowrie.';

interface Kind {
  readonly category: Category;
  readonly action: string;
  readonly outcome: '' | 'success' | 'failure';
  readonly severity: number;
}

/** Kinds that say more than that a session goes on; by `eventid` without its prefix. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['login.failed', { category: 'auth', action: 'login', outcome: 'failure', severity: 3 }],
  ['login.success', { category: 'auth', action: 'login', outcome: 'success', severity: 6 }],
  ['command.input', { category: 'endpoint', action: 'command', outcome: 'success', severity: 6 }],
  ['command.failed', { category: 'endpoint', action: 'command', outcome: 'failure', severity: 5 }],
  ['session.file_download', downloaded('success', 8)],
  ['session.file_download.failed', downloaded('failure', 6)],
  [
    'session.file_upload',
    { category: 'endpoint', action: 'upload', outcome: 'success', severity: 8 },
  ],
  ['direct-tcpip.request', { category: 'network', action: 'tunnel', outcome: '', severity: 5 }],
]);

function downloaded(outcome: Kind['outcome'], severity: number): Kind {
  return { category: 'endpoint', action: 'download', outcome, severity };
}

function map(record: JsonRecord, line: string, arrival: Arrival): NormalizedEvent {
  const name = textOf(record.eventid).slice(PREFIX.length);
  const kind = KINDS.get(name);
  const event = newEvent(
    'cowrie',
    'cowrie',
    kind?.category ?? 'network',
    arrival.receivedAt,
    record,
    line,
  );
  const time = timeOf(record.timestamp);
  if (Number.isNaN(time)) {
    event.parseStatus = 'partial';
    event.parseError = 'no_timestamp';
  } else {
    event.timestamp = time;
  }
  event.action = kind?.action ?? name;
  event.outcome = kind?.outcome ?? '';
  event.severity = kind?.severity ?? 2;
  event.srcIp = ipOf(record.src_ip);
  event.dstIp = ipOf(record.dst_ip);
  event.message = typeof record.message === 'string' ? messageOf(record.message) : name;
  setParties(event, textOf(record.username), textOf(record.sensor) || arrival.host);
  return event;
}

/** Who logs in is the actor, else the address; the honeypot is the target. */
function setParties(event: NormalizedEvent, user: string, sensor: string): void {
  const actor = user === '' ? event.srcIp : user;
  if (actor !== '') {
    setActor(event, user === '' ? 'device' : 'user', actor);
  }
  event.sourceHost = sensor;
  if (sensor === '') return;
  setTarget(event, 'asset', sensor);
}
