import { textOf } from '../text-member.ts';
import type { AuthFacts } from './auth-facts.ts';

/** How a line of shadow-utils starts, and what it means. */
const STARTS = [
  ['new user: name=', 'user_created', true],
  ['new group: name=', 'group_created', true],
  ['group added to /etc/group: name=', 'group_created', true],
  ["delete user '", 'user_deleted', true],
  ["removed group '", 'group_deleted', true],
  ["failed adding user '", 'user_created', false],
  ["change user '", 'user_changed', true],
  ["add '", 'group_member_added', true],
  ['password changed for ', 'password_changed', true],
] as const;

/** Reads useradd, userdel, usermod, groupadd, groupdel, gpasswd and passwd. The target is the account or group. */
export function readAccountChange(message: string, facts: AuthFacts): boolean {
  for (const [start, action, done] of STARTS) {
    if (!message.startsWith(start)) continue;
    facts.action = action;
    facts.outcome = done ? 'success' : 'failure';
    facts.severity = 3;
    facts.targetUser = textOf(nameFrom(message, start.length));
    return true;
  }
  return false;
}

function nameFrom(message: string, from: number): string {
  let end = from;
  while (end < message.length && !isEnd(message.charCodeAt(end))) end += 1;
  return message.slice(from, end);
}

function isEnd(unit: number): boolean {
  return unit === 44 || unit === 39 || unit <= 32;
}
