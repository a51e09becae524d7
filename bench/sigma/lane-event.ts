import { windowsLogsources } from '@tocsin/sigma/mapping/windows-logsource.ts';

/** One event of a lane: its line with the label that both engines route by, and that label. */
export interface LaneEvent {
  readonly line: string;
  readonly label: string;
}

type Members = Record<string, unknown>;

/** A line of the corpus as an event: an object as it stands, anything else as `message`. */
export function eventOf(raw: string): Members {
  if (raw.startsWith('{')) {
    const value: unknown = JSON.parse(raw);
    if (typeof value === 'object' && value !== null) return value as Members;
  }
  return { message: raw };
}

/** Puts the label in the event: one triple, a key left out where several would fit. */
export function labelled(event: Members): LaneEvent {
  const label = labelOf(event);
  return { line: JSON.stringify({ ...event, __logsource: label }), label };
}

function labelOf(event: Members): string {
  if (typeof event['Channel'] === 'string') {
    const triples = windowsLogsources(event);
    const [first] = triples;
    if (first === undefined) return 'windows||other';
    const category = triples.length === 1 ? first.category : '';
    return `windows|${category}|${first.service === '' ? 'other' : first.service}`;
  }
  if (typeof event['_path'] === 'string') return `zeek||${event['_path']}`;
  return typeof event['eventSource'] === 'string' ? 'aws||cloudtrail' : '||';
}

const SALTED_NAME = /user|account|host|computer|subject|domain/i;
const SALTED_ID =
  /(?:^|_)(?:uid|id|guid|recordid|port)$|processid|threadid|logonid|recordnumber|guid/i;
const GUID = /[0-9a-fA-F]{12}(?=\}?$)/;
const USER_FOLDER = /(\\users\\)([^\\]+)/gi;

/** The event with users, hosts, ids, times and paths that no other event has. Names of programs stay. */
export function salted(event: Members, ordinal: number): Members {
  const token = ordinal.toString(36);
  const out: Members = {};
  for (const [name, value] of Object.entries(event)) {
    if (typeof value === 'string') out[name] = saltedText(name, value, ordinal, token);
    else if (typeof value === 'number' && SALTED_ID.test(name)) out[name] = value + ordinal;
    else out[name] = value;
  }
  return out;
}

function saltedText(name: string, value: string, ordinal: number, token: string): string {
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) {
    const milliseconds = (ordinal % 1000).toString().padStart(3, '0');
    return value.replace(/(?:\.\d+)?(Z?)$/, `.${milliseconds}$1`);
  }
  if (GUID.test(value)) return value.replace(GUID, token.padStart(12, '0'));
  if (SALTED_NAME.test(name) && value.length > 1) return `${value}${token}`;
  if (SALTED_ID.test(name)) return `${value}${ordinal % 10_000}`;
  return value.replace(USER_FOLDER, `$1$2${token}`);
}

const UNIQUE_FIELDS = ['CommandLine', 'ParentCommandLine', 'Hashes', 'Message'];

/** A process creation with a token of its own in each long text, so that no value comes twice. */
export function uniqueProcess(event: Members, ordinal: number): Members {
  const out: Members = { ...event };
  const token = `${ordinal.toString(36)}z${(ordinal * 7919).toString(36)}`;
  for (const name of UNIQUE_FIELDS) {
    if (typeof out[name] === 'string') out[name] = `${out[name]} ${token}`;
  }
  return out;
}
