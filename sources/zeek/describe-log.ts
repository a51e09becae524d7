import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { JsonRecord } from '../source.ts';
import { textOf } from '../text-member.ts';

/** The member that tells most of each stream. */
const DETAILS: Readonly<Record<string, string>> = {
  analyzer: 'failure_reason',
  conn: 'conn_state',
  dce_rpc: 'operation',
  dns: 'query',
  files: 'mime_type',
  http: 'uri',
  kerberos: 'service',
  notice: 'msg',
  ntlm: 'hostname',
  rdp: 'cookie',
  smb_files: 'name',
  smb_mapping: 'path',
  smtp: 'subject',
  software: 'name',
  ssh: 'client',
  ssl: 'server_name',
  syslog: 'message',
  weird: 'name',
};

/** One line: stream, addresses, and the member that tells most. All parts are clean and short, so the whole is. */
export function describeLog(name: string, record: JsonRecord, event: NormalizedEvent): string {
  const member = Object.hasOwn(DETAILS, name) ? DETAILS[name] : undefined;
  const detail = member === undefined ? '' : textOf(record[member]);
  const start =
    event.dstIp === '' ? `${name} ${event.srcIp}` : `${name} ${event.srcIp} -> ${event.dstIp}`;
  return detail === '' ? start : `${start} ${detail}`;
}
