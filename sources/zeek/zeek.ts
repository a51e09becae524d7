import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { ipOf } from '../ip-address.ts';
import { newEvent } from '../new-event.ts';
import { setActor, setTarget } from '../parties.ts';
import type { Arrival, JsonRecord, JsonSource } from '../source.ts';
import { textOf } from '../text-member.ts';
import { timeOf } from '../timestamp.ts';
import { describeLog } from './describe-log.ts';
import { guessLog, logOf, type ZeekLog } from './zeek-logs.ts';

/** Zeek logs as JSON, with `_path` (streaming) or known by their members. */
export const zeek: JsonSource = {
  reads: 'json',
  id: 'zeek',
  hints: ['zeek', 'bro', 'corelight'],
  claims,
  map,
};

function claims(record: JsonRecord): boolean {
  if (typeof record._path === 'string') return record.ts !== undefined;
  if (record.ts === undefined) return false;
  if (record['id.orig_h'] !== undefined || record['@proc'] === 'zeek') return true;
  return record.fuid !== undefined && record.uid === undefined;
}

function map(record: JsonRecord, line: string, arrival: Arrival): NormalizedEvent {
  const path = record._path ?? record['@stream'];
  const log: ZeekLog = typeof path === 'string' ? logOf(path) : guessLog(record);
  const event = newEvent('zeek', 'zeek', 'network', arrival.receivedAt, record, line);
  const time = timeOf(record.ts);
  if (Number.isNaN(time)) {
    event.parseStatus = 'partial';
    event.parseError = 'no_timestamp';
  } else {
    event.timestamp = time;
  }
  event.action = log.name;
  event.severity = log.severity;
  event.logsources = log.logsources;
  event.sourceHost = textOf(record._system_name ?? record['@system']) || arrival.host;
  event.srcIp = ipOf(record['id.orig_h'] ?? record.id_orig_h ?? record.src ?? record.host);
  event.dstIp = ipOf(record['id.resp_h'] ?? record.id_resp_h ?? record.dst);
  setParties(event, record);
  event.outcome = outcomeOf(record);
  event.message = describeLog(log.name, record, event);
  return event;
}

/** Who speaks is a device unless the protocol names a user; whom it speaks to is the asset. */
function setParties(event: NormalizedEvent, record: JsonRecord): void {
  const user = textOf(record.username ?? record.user ?? kerberosClient(record));
  if (user !== '' && user !== '-') {
    setActor(event, 'user', user);
  } else if (event.srcIp !== '') {
    setActor(event, 'device', event.srcIp);
  }
  if (event.dstIp === '') return;
  setTarget(event, 'asset', event.dstIp);
}

/** `client` is a principal in the kerberos log, and a program in the ssh log. */
function kerberosClient(record: JsonRecord): unknown {
  return record.request_type === undefined ? undefined : record.client;
}

function outcomeOf(record: JsonRecord): 'success' | 'failure' | '' {
  const success = record.auth_success ?? record.success;
  if (success === true) return 'success';
  return success === false ? 'failure' : '';
}
