import { ipOf } from '../ip-address.ts';
import { textOf } from '../text-member.ts';
import type { AuthFacts } from './auth-facts.ts';

const INVALID_USER = 'invalid user ';
const AUTHENTICATING_USER = 'authenticating user ';
const FROM = ' from ';
const PREAUTH = ' [preauth]';

/** Reads a line of OpenSSH's server (auth.c, packet.c, sshd.c). Lines it does not know keep no facts. */
export function readSshd(message: string, facts: AuthFacts): boolean {
  if (message.startsWith('Accepted ')) return readAttempt(message, 9, 'success', facts);
  if (message.startsWith('Failed ')) return readAttempt(message, 7, 'failure', facts);
  if (message.startsWith('Invalid user ') || message.startsWith('Illegal user ')) {
    // The login attempt itself follows as `Failed ...`, so this is not a second failed login.
    facts.action = 'invalid_user';
    facts.outcome = 'failure';
    facts.invalidUser = true;
    return readUserFrom(message, 13, facts);
  }
  if (message.startsWith('Disconnected from ') || message.startsWith('Received disconnect from ')) {
    facts.action = 'disconnect';
    return readAddressBehind(message, message.indexOf('from ') + 5, facts);
  }
  if (message.startsWith('Connection closed by ') || message.startsWith('Connection reset by ')) {
    facts.action = 'disconnect';
    return readAddressBehind(message, message.indexOf(' by ') + 4, facts);
  }
  return readError(message, facts);
}

/** `METHOD for [invalid user ]NAME from ADDRESS port N ...`. The name is the sender's, so it ends at the last ` from `. */
function readAttempt(
  message: string,
  at: number,
  outcome: 'success' | 'failure',
  facts: AuthFacts,
): boolean {
  const methodEnd = message.indexOf(' for ', at);
  if (methodEnd < 0) return false;
  facts.action = 'login';
  facts.outcome = outcome;
  facts.method = textOf(message.slice(at, methodEnd));
  return readUserFrom(message, methodEnd + 5, facts);
}

function readUserFrom(message: string, from: number, facts: AuthFacts): boolean {
  let at = from;
  if (message.startsWith(INVALID_USER, at)) {
    facts.invalidUser = true;
    at += INVALID_USER.length;
  }
  const end = message.lastIndexOf(FROM);
  if (end < at) {
    facts.user = userName(message.slice(at));
    return true;
  }
  facts.user = userName(message.slice(at, end));
  return readAddress(message, end + FROM.length, facts);
}

/** `[invalid user |authenticating user ][NAME ]ADDRESS[ port N][...]`. */
function readAddressBehind(message: string, from: number, facts: AuthFacts): boolean {
  let at = from;
  const named = [INVALID_USER, AUTHENTICATING_USER, 'user '].find((word) =>
    message.startsWith(word, at),
  );
  if (named !== undefined) {
    facts.invalidUser = named === INVALID_USER;
    at += named.length;
    const portAt = message.lastIndexOf(' port ');
    const nameEnd = message.lastIndexOf(' ', portAt < 0 ? message.length : portAt - 1);
    if (nameEnd > at) {
      facts.user = userName(message.slice(at, nameEnd));
      at = nameEnd + 1;
    }
  }
  return readAddress(message, at, facts);
}

/** `ADDRESS[ port N][:...]`. */
function readAddress(message: string, from: number, facts: AuthFacts): boolean {
  const end = message.indexOf(' ', from);
  const word = end < 0 ? message.slice(from) : message.slice(from, end);
  facts.srcIp = ipOf(word) || ipOf(word.endsWith(':') ? word.slice(0, -1) : '');
  if (end >= 0 && message.startsWith(' port ', end)) {
    const port = Number.parseInt(message.slice(end + 6, end + 12), 10);
    if (port > 0 && port <= 65_535) facts.srcPort = port;
  }
  return true;
}

function readError(message: string, facts: AuthFacts): boolean {
  const text = message.startsWith('error: ') ? message.slice(7) : message;
  if (text.startsWith('maximum authentication attempts exceeded for ')) {
    facts.action = 'max_attempts';
    facts.outcome = 'failure';
    facts.reason = 'too many authentication failures';
    return readUserFrom(text, 45, facts);
  }
  if (text.startsWith('Disconnecting')) {
    facts.action = 'disconnect';
    facts.reason = textOf(
      text
        .slice(text.indexOf(':') + 1)
        .replace(PREAUTH, '')
        .trim(),
    );
    return true;
  }
  if (text.startsWith('User ') && text.includes(' not allowed because ')) {
    facts.action = 'denied_user';
    facts.outcome = 'failure';
    const end = text.lastIndexOf(FROM, text.indexOf(' not allowed because '));
    facts.user = userName(text.slice(5, end < 0 ? text.indexOf(' not allowed') : end));
    if (end > 0) readAddress(text, end + FROM.length, facts);
    return true;
  }
  if (
    text.startsWith('Did not receive identification') ||
    text.startsWith('Bad protocol version')
  ) {
    facts.action = 'probe';
    const at = text.lastIndexOf(FROM);
    return at < 0 || readAddress(text, at + FROM.length, facts);
  }
  return false;
}

function userName(text: string): string {
  const bare = text.endsWith(PREAUTH) ? text.slice(0, -PREAUTH.length) : text;
  return textOf(bare.trim());
}
