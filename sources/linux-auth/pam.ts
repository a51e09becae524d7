import { ipOf } from '../ip-address.ts';
import { textOf } from '../text-member.ts';
import type { AuthFacts } from './auth-facts.ts';

const OPENED = 'session opened for user ';
const CLOSED = 'session closed for user ';
const CHANGED = 'password changed for ';
const FAILED = 'authentication failure;';

/** Reads what PAM modules log: `pam_unix(SERVICE:TYPE): TEXT`, and the `PAM N more authentication failures` of sshd. */
export function readPam(message: string, facts: AuthFacts): boolean {
  let text = message;
  if (message.startsWith('pam_')) {
    const open = message.indexOf('(');
    const close = message.indexOf('): ', open);
    if (open < 0 || close < 0) return false;
    const colon = message.indexOf(':', open);
    facts.service = textOf(message.slice(open + 1, colon < close ? colon : close));
    text = message.slice(close + 3);
  }
  if (text.startsWith(OPENED)) return readSession(text, OPENED, 'session_opened', facts);
  if (text.startsWith(CLOSED)) return readSession(text, CLOSED, 'session_closed', facts);
  if (text.includes(FAILED) || text.includes('more authentication failure')) {
    return readFailure(text, facts);
  }
  if (text.startsWith(CHANGED)) {
    facts.action = 'password_changed';
    facts.outcome = 'success';
    facts.severity = 3;
    facts.targetUser = textOf(text.slice(CHANGED.length));
    return true;
  }
  return false;
}

/** `USER[(uid=N)] [by [USER](uid=N)]`. */
function readSession(text: string, start: string, action: string, facts: AuthFacts): boolean {
  facts.action = action;
  facts.outcome = 'success';
  const by = text.indexOf(' by ', start.length);
  const account = withoutUid(text.slice(start.length, by < 0 ? undefined : by));
  const opener = by < 0 ? '' : withoutUid(text.slice(by + 4));
  facts.targetUser = account;
  facts.user = opener === '' ? account : opener;
  return true;
}

function withoutUid(text: string): string {
  const open = text.indexOf('(');
  return textOf((open < 0 ? text : text.slice(0, open)).trim());
}

/** `...; logname= uid=0 euid=0 tty=ssh ruser= rhost=ADDRESS  user=NAME`. The program itself reports the failed login. */
function readFailure(text: string, facts: AuthFacts): boolean {
  facts.action = 'pam_auth';
  facts.outcome = 'failure';
  facts.terminal = textOf(valueBehind(text, ' tty='));
  facts.srcIp = ipOf(valueBehind(text, ' rhost='));
  const user = valueBehind(text, ' user=') || valueBehind(text, ' ruser=');
  facts.user = textOf(user);
  return true;
}

function valueBehind(text: string, key: string): string {
  const at = text.indexOf(key);
  if (at < 0) return '';
  const end = text.indexOf(' ', at + key.length);
  return text.slice(at + key.length, end < 0 ? undefined : end);
}
