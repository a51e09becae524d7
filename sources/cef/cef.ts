import type { Category, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { outcomeOfWord } from '../generic-json/outcome-words.ts';
import { ipOf } from '../ip-address.ts';
import { newEvent } from '../new-event.ts';
import { setActor, setTarget } from '../parties.ts';
import type { Arrival, JsonRecord, TextSource } from '../source.ts';
import { parseBsdTime } from '../syslog/bsd-time.ts';
import { applyHeader } from '../syslog/header-members.ts';
import { messageOf, textOf } from '../text-member.ts';
import { timeOf } from '../timestamp.ts';
import { cefAttributes } from './cef-attributes.ts';
import { type CefMessage, parseCef } from './cef-message.ts';

/** ArcSight Common Event Format of any vendor, bare or behind a syslog header. */
export const cef: TextSource = {
  reads: 'text',
  id: 'cef',
  hints: ['cef', 'arcsight'],
  apps: ['CEF'],
  parse,
};

function parse(text: string, arrival: Arrival): NormalizedEvent | undefined {
  const message = parseCef(text);
  if (message === undefined) return undefined;
  const attributes = cefAttributes(message);
  const system = textOf(message.vendor) || 'cef';
  const event = newEvent(
    'cef',
    system,
    categoryOf(message, attributes),
    arrival.receivedAt,
    attributes,
    JSON.stringify(attributes),
  );
  event.sourceHost = textOf(attributes.dvchost ?? attributes.dvc) || arrival.host;
  if (arrival.header !== undefined) applyHeader(event, arrival.header, arrival);
  setTime(event, attributes, arrival);
  event.action = textOf(attributes.act) || textOf(message.name);
  event.outcome = outcomeOfWord(attributes.outcome ?? attributes.act);
  event.severity = severityOf(message.severity);
  event.srcIp = ipOf(attributes.src);
  event.dstIp = ipOf(attributes.dst);
  setParties(event, attributes);
  event.message = messageOf(textOf(attributes.msg) || message.name);
  if (message.cut) {
    event.parseStatus = 'partial';
    event.parseError = 'too_many_members';
  }
  return event;
}

/** The event's own time stands before that of the header, which a relay writes. */
function setTime(event: NormalizedEvent, attributes: JsonRecord, arrival: Arrival): void {
  const stated = attributes.rt ?? attributes.end ?? attributes.start;
  if (typeof stated !== 'string' || stated === '') return;
  let time = timeOf(stated);
  if (Number.isNaN(time)) time = parseBsdTime(stated, 0, arrival.receivedAt)?.time ?? Number.NaN;
  if (!Number.isNaN(time)) event.timestamp = time;
}

function setParties(event: NormalizedEvent, attributes: JsonRecord): void {
  const user = textOf(attributes.suser ?? attributes.suid) || textOf(attributes.duser);
  if (user !== '') {
    setActor(event, 'user', user);
  } else if (event.srcIp !== '') {
    setActor(event, 'device', event.srcIp);
  }
  const target = textOf(attributes.dhost) || event.dstIp || event.sourceHost;
  if (target === '') return;
  setTarget(event, 'asset', target);
}

const LOGIN_WORDS = ['logon', 'login', 'log in', 'logged in', 'signed in', 'authentication'];

/** A login by its name; traffic when it has both ends; else `ops`. */
function categoryOf(message: CefMessage, attributes: JsonRecord): Category {
  const name = message.name.slice(0, 100).toLowerCase();
  if (LOGIN_WORDS.some((word) => name.includes(word))) return 'auth';
  return attributes.src !== undefined && attributes.dst !== undefined ? 'network' : 'ops';
}

const SEVERITY_WORDS: ReadonlyMap<string, number> = new Map([
  ['unknown', 0],
  ['low', 2],
  ['medium', 5],
  ['high', 8],
  ['very-high', 10],
]);

/** 0 to 10 as it is, or one of the format's words. */
function severityOf(text: string): number {
  const word = text.trim().slice(0, 10);
  const value = word === '' ? Number.NaN : Number(word);
  if (Number.isInteger(value) && value >= 0 && value <= 10) return value;
  return SEVERITY_WORDS.get(word.toLowerCase()) ?? 1;
}
