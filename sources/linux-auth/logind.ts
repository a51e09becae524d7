import { textOf } from '../text-member.ts';
import type { AuthFacts } from './auth-facts.ts';

/** Reads systemd-logind: `New session N of user NAME.`, `Removed session N.`; the rest keeps its text only. */
export function readLogind(message: string, facts: AuthFacts): boolean {
  if (message.startsWith('New session ')) {
    const at = message.indexOf(' of user ');
    if (at < 0) return false;
    facts.action = 'session_opened';
    facts.outcome = 'success';
    const end = message.endsWith('.') ? message.length - 1 : message.length;
    facts.user = textOf(message.slice(at + 9, end));
    return true;
  }
  if (message.startsWith('Removed session ')) {
    facts.action = 'session_closed';
    facts.outcome = 'success';
    return true;
  }
  return false;
}
