/** One line of the sample with its time. Which source it claims to be is what a sender would say (`?source=`). */
export interface DemoLine {
  /** Event time, milliseconds since 1970 UTC. */
  readonly at: number;
  readonly source: 'linux_auth' | 'windows' | 'zeek' | 'json';
  readonly raw: string;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A line of auth.log (RFC 3164 without priority), time in UTC and whole seconds. */
export function authLine(at: number, host: string, tag: string, message: string): DemoLine {
  const time = new Date(at);
  const day = String(time.getUTCDate()).padStart(2, ' ');
  const clock = time.toISOString().slice(11, 19);
  const raw = `${MONTHS[time.getUTCMonth()]} ${day} ${clock} ${host} ${tag}: ${message}`;
  return { at, source: 'linux_auth', raw };
}

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
const PROVIDERS: Readonly<Record<string, string>> = {
  Security: 'Microsoft-Windows-Security-Auditing',
  System: 'Service Control Manager',
  [SYSMON]: 'Microsoft-Windows-Sysmon',
};

/** A record of the Windows event log as flat JSON. */
export function windowsLine(
  at: number,
  host: string,
  channel: 'Security' | 'System' | 'Sysmon',
  eventId: number,
  fields: Readonly<Record<string, unknown>>,
): DemoLine {
  const name = channel === 'Sysmon' ? SYSMON : channel;
  const time = new Date(at).toISOString();
  const utcTime = channel === 'Sysmon' ? { UtcTime: time.slice(0, 23).replace('T', ' ') } : {};
  const record = {
    EventID: eventId,
    Channel: name,
    SourceName: PROVIDERS[name],
    Hostname: host,
    TimeCreated: time,
    Level: '4',
    ...utcTime,
    ...fields,
  };
  return { at, source: 'windows', raw: JSON.stringify(record) };
}

/** A record of a Zeek log as JSON, time in seconds. */
export function zeekLine(
  at: number,
  log: string,
  uid: string,
  fields: Readonly<Record<string, unknown>>,
): DemoLine {
  const record = { _path: log, ts: at / 1000, uid, ...fields };
  return { at, source: 'zeek', raw: JSON.stringify(record) };
}

/** An event of one of the company's own applications, under canonical names. */
export function applicationLine(
  at: number,
  service: string,
  fields: Readonly<Record<string, unknown>>,
): DemoLine {
  const record = { timestamp: new Date(at).toISOString(), service, host: 'app-01', ...fields };
  return { at, source: 'json', raw: JSON.stringify(record) };
}
