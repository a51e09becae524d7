import { twoDigits, utcMs } from '../timestamp.ts';

/** An access line taken apart. `-` is the log's own mark for nothing; `''` means the line has no such place. */
export interface Access {
  /** The virtual host in front, `''` when the format has none. */
  site: string;
  client: string;
  user: string;
  /** Milliseconds since 1970, NaN when it cannot be read. */
  time: number;
  method: string;
  url: string;
  version: string;
  status: number;
  /** -1 for none. */
  bytes: number;
  referer: string;
  agent: string;
}

/** Longest part in front of the time: host, client, ident and user. */
const FRONT_LENGTH_MAX = 600;
const QUOTE = 34;
const BACKSLASH = 92;
const BLANK = 32;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Reads `[VHOST ]CLIENT IDENT USER [dd/Mon/yyyy:hh:mm:ss +zzzz] "REQUEST" STATUS BYTES[ "REFERER" "AGENT"[...]]`
 * (mod_log_config). Request, referer and agent are the sender's: a quote in them is escaped by the server.
 */
export function parseAccess(text: string): Access | undefined {
  const open = text.indexOf(' [');
  if (open < 3 || open > FRONT_LENGTH_MAX || !isAccessTime(text, open + 2)) return undefined;
  const request = text.indexOf('] "', open);
  if (request < 0 || request > open + 40) return undefined;
  const requestEnd = quoteEnd(text, request + 3);
  const status = Number(text.slice(requestEnd + 2, requestEnd + 5));
  if (!(status >= 100 && status <= 999) || text.charCodeAt(requestEnd + 1) !== BLANK) {
    return undefined;
  }
  const access = readFront(text.slice(0, open));
  if (access === undefined) return undefined;
  access.time = readTime(text, open + 2);
  access.status = status;
  readRequest(text.slice(request + 3, requestEnd), access);
  readRest(text, requestEnd + 6, access);
  return access;
}

function isAccessTime(text: string, at: number): boolean {
  return text.charAt(at + 2) === '/' && text.charAt(at + 6) === '/' && text.charAt(at + 11) === ':';
}

/** From the end: user (which may hold blanks), ident, client, and what stands before is the virtual host. */
function readFront(front: string): Access | undefined {
  const words = front.split(' ', 8);
  if (words.length < 3) return undefined;
  const hasSite = words.length >= 4 && words[2] === '-';
  const first = hasSite ? 1 : 0;
  return {
    site: hasSite ? siteOf(words[0] ?? '') : '',
    client: words[first] ?? '',
    user: words.slice(first + 2).join(' '),
    time: Number.NaN,
    method: '',
    url: '',
    version: '',
    status: 0,
    bytes: -1,
    referer: '',
    agent: '',
  };
}

/** `host:port` without the port. */
function siteOf(word: string): string {
  const colon = word.lastIndexOf(':');
  return colon > 0 ? word.slice(0, colon) : word;
}

function readTime(text: string, at: number): number {
  const day = twoDigits(text, at);
  const month = MONTHS.indexOf(text.slice(at + 3, at + 6)) + 1;
  const year = twoDigits(text, at + 7) * 100 + twoDigits(text, at + 9);
  const hour = twoDigits(text, at + 12);
  const minute = twoDigits(text, at + 15);
  const second = twoDigits(text, at + 18);
  if (day < 1 || month < 1 || year < 1971 || hour < 0 || minute < 0 || second < 0) {
    return Number.NaN;
  }
  const zone = (twoDigits(text, at + 22) * 60 + twoDigits(text, at + 24)) * 60_000;
  const offset = text.charAt(at + 21) === '-' ? -zone : zone;
  return utcMs(year, month, day, hour, minute, second, 0) - offset;
}

/** `METHOD URL VERSION`; a request that is not HTTP is kept as the URL. */
function readRequest(request: string, access: Access): void {
  const blank = request.indexOf(' ');
  const last = request.lastIndexOf(' ');
  if (blank <= 0) {
    access.url = request;
    return;
  }
  const versioned = last > blank && request.startsWith('HTTP/', last + 1);
  access.method = request.slice(0, blank);
  access.url = request.slice(blank + 1, versioned ? last : undefined);
  if (versioned) access.version = request.slice(last + 1);
}

function readRest(text: string, from: number, access: Access): void {
  const end = text.indexOf(' ', from);
  const word = text.slice(from, end < 0 ? undefined : end);
  const bytes = Number(word);
  if (word !== '' && Number.isSafeInteger(bytes) && bytes >= 0) access.bytes = bytes;
  if (end < 0 || text.charCodeAt(end + 1) !== QUOTE) return;
  const refererEnd = quoteEnd(text, end + 2);
  access.referer = text.slice(end + 2, refererEnd);
  if (text.charCodeAt(refererEnd + 2) !== QUOTE) return;
  access.agent = text.slice(refererEnd + 3, quoteEnd(text, refererEnd + 3));
}

/** Offset of the next quote that is not escaped; the end of the text when there is none. */
function quoteEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at += 1;
    else if (unit === QUOTE) return at;
  }
  return text.length;
}
