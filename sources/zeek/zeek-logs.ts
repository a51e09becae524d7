import type { Logsource } from '@tocsin/contracts/normalized-event.ts';
import { NO_LOGSOURCES } from '../new-event.ts';
import type { JsonRecord } from '../source.ts';
import { textOf } from '../text-member.ts';

/** One of Zeek's log streams. */
export interface ZeekLog {
  readonly name: string;
  readonly severity: number;
  readonly logsources: readonly Logsource[];
}

/** Logs of Zeek 7 with a severity of their own: notices are findings, the weird is odd. */
const SEVERITIES: Readonly<Record<string, number>> = {
  notice: 5,
  intel: 6,
  signatures: 5,
  weird: 2,
};

const NAMES = [
  ...['analyzer', 'capture_loss', 'conn', 'dce_rpc', 'dhcp', 'dnp3', 'dns', 'dpd', 'files', 'ftp'],
  ...['http', 'intel', 'irc', 'kerberos', 'known_certs', 'known_hosts', 'known_services', 'ldap'],
  ...['ldap_search', 'modbus', 'mysql', 'notice', 'ntlm', 'ntp', 'ocsp', 'pe', 'quic', 'radius'],
  ...['rdp', 'reporter', 'rfb', 'sip', 'signatures', 'smb_files', 'smb_mapping', 'smtp', 'snmp'],
  ...[
    'socks',
    'software',
    'ssh',
    'ssl',
    'stats',
    'syslog',
    'traceroute',
    'tunnel',
    'weird',
    'x509',
  ],
];

const LOGS: ReadonlyMap<string, ZeekLog> = new Map(
  NAMES.map((name) => [
    name,
    { name, severity: SEVERITIES[name] ?? 1, logsources: triplesOf(name) },
  ]),
);

/** Sigma's rules for `category: dns` use the members of Zeek's dns log, so that log states the category too. */
function triplesOf(name: string): readonly Logsource[] {
  return [{ product: 'zeek', category: name === 'dns' ? 'dns' : '', service: name }];
}

/** The stream of an untrusted name; an unknown one keeps its name and meets only rules without a logsource. */
export function logOf(path: string): ZeekLog {
  return LOGS.get(path) ?? { name: textOf(path), severity: 1, logsources: NO_LOGSOURCES };
}

/** Members that only one log has, most common log first. */
const MARKS = [
  ['conn_state', 'conn'],
  ['qtype_name', 'dns'],
  ['query', 'dns'],
  ['cipher', 'ssl'],
  ['ssl_history', 'ssl'],
  ['status_code', 'http'],
  ['uri', 'http'],
  ['note', 'notice'],
  ['hassh', 'ssh'],
  ['auth_attempts', 'ssh'],
  ['fuid', 'files'],
  ['named_pipe', 'dce_rpc'],
  ['request_type', 'kerberos'],
  ['mailfrom', 'smtp'],
  ['security_protocol', 'rdp'],
] as const;

/** The stream of a record without `_path`, by its members. */
export function guessLog(record: JsonRecord): ZeekLog {
  for (const [member, name] of MARKS) {
    if (record[member] !== undefined) return logOf(name);
  }
  return logOf('unknown');
}
