import { parseIsoTime, twoDigits } from '../timestamp.ts';
import { parseBsdTime } from './bsd-time.ts';

/** What stands before the payload of a syslog line (RFC 3164 section 4.1, RFC 5424 section 6.2). */
export interface SyslogHeader {
  /** 0 to 23, -1 when there was no priority. */
  facility: number;
  /** 0 (emergency) to 7 (debug), -1 when there was no priority. */
  level: number;
  /** Milliseconds since 1970; NaN when the line states no time, or one that cannot be read. */
  time: number;
  /** True for a time that is stated and cannot be read. */
  badTime: boolean;
  host: string;
  app: string;
  processId: string;
  messageId: string;
  /** Structured data as written, `''` when none. */
  structuredData: string;
  /** Where the payload starts in the line. */
  payloadAt: number;
}

/** Longest host, app-name, process and message id that is taken for one (RFC 5424 allows 255). */
const TOKEN_LENGTH_MAX = 255;
const BLANK = 32;
const COLON = 58;
const NIL = '-';

/**
 * Reads the header of a syslog line in either format, also the mixtures that devices send: no priority, an ISO
 * time, a sequence number, no host. UNTRUSTED text; linear time.
 *
 * @param receivedAt chooses the year that a BSD time leaves out: the one nearest to it
 * @returns `undefined` when the text does not start as syslog does
 */
export function parseSyslogHeader(text: string, receivedAt: number): SyslogHeader | undefined {
  const header: SyslogHeader = {
    facility: -1,
    level: -1,
    time: Number.NaN,
    badTime: false,
    host: '',
    app: '',
    processId: '',
    messageId: '',
    structuredData: '',
    payloadAt: 0,
  };
  const at = readPriority(text, header);
  if (at > 0 && text.charCodeAt(at) === 49 && text.charCodeAt(at + 1) === BLANK) {
    return readRfc5424(text, at + 2, header);
  }
  return readRfc3164(text, skipBlanks(text, at), header, receivedAt);
}

/** Reads `<PRI>`; returns the offset behind it, 0 when there is none. */
function readPriority(text: string, header: SyslogHeader): number {
  if (text.charCodeAt(0) !== 60) return 0;
  let value = 0;
  for (let at = 1; at <= 4; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (text.charCodeAt(at) === 62 && at > 1) {
      if (value > 191) return 0;
      header.facility = value >> 3;
      header.level = value & 7;
      return at + 1;
    }
    if (!(digit >= 0 && digit <= 9)) return 0;
    value = value * 10 + digit;
  }
  return 0;
}

function readRfc5424(text: string, from: number, header: SyslogHeader): SyslogHeader {
  const timeEnd = tokenEnd(text, from);
  const time = token(text, from, timeEnd);
  header.time = parseIsoTime(time);
  header.badTime = time !== '' && Number.isNaN(header.time);
  const hostEnd = tokenEnd(text, timeEnd + 1);
  header.host = token(text, timeEnd + 1, hostEnd);
  // Some senders of CEF leave all that should follow out.
  if (text.startsWith('CEF:', hostEnd + 1)) return withPayload(header, hostEnd + 1);
  const appEnd = tokenEnd(text, hostEnd + 1);
  header.app = token(text, hostEnd + 1, appEnd);
  const processEnd = tokenEnd(text, appEnd + 1);
  header.processId = token(text, appEnd + 1, processEnd);
  const messageEnd = tokenEnd(text, processEnd + 1);
  header.messageId = token(text, processEnd + 1, messageEnd);
  const dataEnd = structuredDataEnd(text, messageEnd + 1);
  header.structuredData = dataEnd - messageEnd > 3 ? text.slice(messageEnd + 1, dataEnd) : '';
  let at = skipBlanks(text, dataEnd);
  if (text.charCodeAt(at) === 0xfeff) at += 1;
  header.payloadAt = Math.min(at, text.length);
  return header;
}

/** Offset behind `-` or one or more `[...]`, in which `\]` and quoted `]` do not close. */
function structuredDataEnd(text: string, from: number): number {
  let at = from;
  if (text.charCodeAt(at) !== 91) return text.charAt(at) === NIL ? at + 1 : at;
  let quoted = false;
  for (; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 92) at += 1;
    else if (unit === 34) quoted = !quoted;
    else if (unit === 93 && !quoted && text.charCodeAt(at + 1) !== 91) return at + 1;
  }
  return from;
}

function readRfc3164(
  text: string,
  from: number,
  header: SyslogHeader,
  receivedAt: number,
): SyslogHeader | undefined {
  const bsd = parseBsdTime(text, from, receivedAt);
  let at = from;
  if (bsd !== undefined) {
    header.time = bsd.time;
    at = bsd.end;
  } else if (twoDigits(text, from) >= 0 && text.charCodeAt(from + 4) === 45) {
    header.time = parseIsoTime(text, from);
    header.badTime = Number.isNaN(header.time);
    if (header.badTime) return header.level >= 0 ? withPayload(header, from) : undefined;
    at = isoTimeEnd(text, from);
  } else {
    return header.level >= 0 ? readTag(text, from, header) : undefined;
  }
  at = readHost(text, skipBlanks(text, at), header);
  const tagged = readTag(text, at, header);
  // A line that merely starts with an ISO time is syslog only when a tag follows.
  return bsd === undefined && header.level < 0 && header.app === '' ? undefined : tagged;
}

/** The next token is the host unless it looks like the tag (`app:`, `app[1]:`) or the payload. */
function readHost(text: string, from: number, header: SyslogHeader): number {
  const end = tokenEnd(text, from);
  if (end === from || end - from > TOKEN_LENGTH_MAX) return from;
  const first = text.charCodeAt(from);
  const isPayload = first === 123 || first === 37 || text.startsWith('CEF:', from);
  if (isPayload) return from;
  const endsInColon = text.charCodeAt(end - 1) === COLON;
  // `host:` happens too, when the tag follows (`<PRI>... 10.0.0.1: %ASA-...`).
  if (endsInColon && !isAddressLike(text, from, end - 1)) return from;
  header.host = text.slice(from, endsInColon ? end - 1 : end);
  return skipBlanks(text, end);
}

function isAddressLike(text: string, from: number, end: number): boolean {
  const first = text.charCodeAt(from);
  return first >= 48 && first <= 57 && text.indexOf('.', from) > 0 && text.indexOf('.', from) < end;
}

/** Reads `app[pid]:` or `app:`; without one the payload starts here. */
function readTag(text: string, from: number, header: SyslogHeader): SyslogHeader {
  const limit = Math.min(text.length, from + TOKEN_LENGTH_MAX);
  let open = -1;
  for (let at = from; at < limit; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 91 && open < 0) open = at;
    else if (unit === COLON && at > from && isTagEnd(text, at, open)) {
      header.app = text.slice(from, open < 0 ? at : open);
      if (open >= 0) header.processId = text.slice(open + 1, at - 1);
      return withPayload(header, skipBlanks(text, at + 1));
    } else if (unit <= BLANK || unit === 123 || unit === 34 || unit === 60 || unit === COLON) break;
  }
  return withPayload(header, from);
}

/** `:` ends a tag when a blank or the end follows, and `]` stands before it if a bracket was opened. */
function isTagEnd(text: string, at: number, open: number): boolean {
  const next = text.charCodeAt(at + 1);
  const closed = open < 0 || text.charCodeAt(at - 1) === 93;
  return closed && (next === BLANK || next === 9 || next === 123 || Number.isNaN(next));
}

function withPayload(header: SyslogHeader, at: number): SyslogHeader {
  header.payloadAt = at;
  return header;
}

function isoTimeEnd(text: string, from: number): number {
  let at = from + 19;
  while (at < text.length && text.charCodeAt(at) > BLANK) at += 1;
  return at;
}

function token(text: string, from: number, end: number): string {
  const value = text.slice(from, Math.min(end, from + TOKEN_LENGTH_MAX));
  return value === NIL ? '' : value;
}

function tokenEnd(text: string, from: number): number {
  const end = text.indexOf(' ', from);
  return end < 0 ? text.length : end;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === BLANK) at += 1;
  return at;
}
