import type { Logsource, NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { newEvent } from '../new-event.ts';
import { setActor } from '../parties.ts';
import type { Arrival, TextSource } from '../source.ts';
import { applyHeader, headerAttributes } from '../syslog/header-members.ts';
import { messageOf } from '../text-member.ts';
import { readAccountChange } from './account-change.ts';
import { type AuthFacts, noFacts } from './auth-facts.ts';
import { readLogind } from './logind.ts';
import { readPam } from './pam.ts';
import { readSshd } from './sshd.ts';
import { readSu } from './su.ts';
import { readSudo } from './sudo.ts';

type Reader = (message: string, facts: AuthFacts) => boolean;

/** Who reads what follows the tag. Programs that only speak through PAM have `readPam`. */
const READERS: ReadonlyMap<string, Reader> = new Map([
  ['sshd', readSshd],
  ['sshd-session', readSshd],
  ['sudo', readSudo],
  ['su', readSu],
  ['systemd-logind', readLogind],
  ['useradd', readAccountChange],
  ['userdel', readAccountChange],
  ['usermod', readAccountChange],
  ['groupadd', readAccountChange],
  ['groupdel', readAccountChange],
  ['gpasswd', readAccountChange],
  ['passwd', readAccountChange],
  ['chpasswd', readPam],
  ['CRON', readPam],
  ['cron', readPam],
  ['crond', readPam],
  ['login', readPam],
]);

/** Logins, sudo, su, sessions and account changes of Linux hosts, as auth.log and secure have them. */
export const linuxAuth: TextSource = {
  reads: 'text',
  id: 'linux-auth',
  hints: ['linux_auth', 'linux-auth', 'auth.log', 'auth', 'secure', 'sshd'],
  apps: [...READERS.keys()],
  parse,
};

const AUTH: Logsource = { product: 'linux', category: '', service: 'auth' };
const LOGSOURCES: ReadonlyMap<string, readonly Logsource[]> = new Map(
  [...READERS.keys(), 'systemd'].map((app) => {
    const service = app.toLowerCase() === 'crond' ? 'cron' : app.toLowerCase();
    return [app, [AUTH, { product: 'linux', category: '', service }]];
  }),
);

function parse(payload: string, arrival: Arrival): NormalizedEvent | undefined {
  const header = arrival.header;
  if (header === undefined) return undefined;
  const facts = noFacts();
  const repeated = repeatedMessage(payload);
  const message = repeated?.message ?? payload;
  const reader = READERS.get(header.app);
  const understood =
    message.startsWith('pam_') || reader === undefined
      ? readPam(message, facts)
      : reader(message, facts);
  if (!understood && reader === undefined) return undefined;
  if (repeated !== undefined) facts.count = Math.max(1, facts.count) * repeated.times;
  const event = newEvent('linux-auth', 'linux', 'auth', arrival.receivedAt, NO_ATTRIBUTES, '');
  applyHeader(event, header, arrival);
  applyFacts(event, facts, payload);
  const attributes = headerAttributes(header, payload);
  addFacts(attributes, facts);
  event.attributes = attributes;
  event.attributesJson = JSON.stringify(attributes);
  event.logsources = LOGSOURCES.get(header.app) ?? AUTH_ONLY;
  return event;
}

const AUTH_ONLY: readonly Logsource[] = [AUTH];
const NO_ATTRIBUTES = {};

function applyFacts(event: NormalizedEvent, facts: AuthFacts, payload: string): void {
  event.action = facts.action;
  event.outcome = facts.outcome;
  event.severity = facts.outcome === 'failure' ? 3 : facts.severity;
  if (facts.user !== '') {
    setActor(event, 'user', facts.user);
  }
  event.srcIp = facts.srcIp;
  event.message = messageOf(payload);
}

/** Names as Sigma's linux rules and other auth sources have them; only what the line stated. */
function addFacts(attributes: Record<string, unknown>, facts: AuthFacts): void {
  if (facts.user !== '') attributes.user = facts.user;
  if (facts.targetUser !== '') attributes.target_user = facts.targetUser;
  if (facts.srcIp !== '') attributes.src_ip = facts.srcIp;
  if (facts.srcPort > 0) attributes.src_port = facts.srcPort;
  if (facts.method !== '') attributes.method = facts.method;
  if (facts.invalidUser) attributes.invalid_user = true;
  if (facts.command !== '') attributes.command = facts.command;
  if (facts.terminal !== '') attributes.tty = facts.terminal;
  if (facts.directory !== '') attributes.pwd = facts.directory;
  if (facts.service !== '') attributes.pam_service = facts.service;
  if (facts.reason !== '') attributes.reason = facts.reason;
  if (facts.count > 1 && facts.outcome === 'failure') attributes.failed_login_count = facts.count;
}

/** Most repeats believed: rsyslog's own counter is far below. */
const REPEATS_MAX = 100_000;
const REPEATED = 'message repeated ';

/** Unwraps `message repeated N times: [ MESSAGE]` (rsyslog). */
function repeatedMessage(payload: string): { message: string; times: number } | undefined {
  if (!payload.startsWith(REPEATED)) return undefined;
  const open = payload.indexOf(': [', REPEATED.length);
  if (open < 0) return undefined;
  const times = Number.parseInt(payload.slice(REPEATED.length, open), 10);
  if (!(times >= 1 && times <= REPEATS_MAX)) return undefined;
  const end = payload.endsWith(']') ? payload.length - 1 : payload.length;
  return { message: payload.slice(open + 3, end).trimStart(), times };
}
