import { textOf } from '../text-member.ts';
import type { AuthFacts } from './auth-facts.ts';

const SEPARATOR = ' ; ';

/**
 * Reads sudo's line: `USER : [REASON ; ]TTY=.. ; PWD=.. ; USER=.. ; COMMAND=..`. The command is the user's and
 * last, so all behind `COMMAND=` belongs to it.
 */
export function readSudo(message: string, facts: AuthFacts): boolean {
  const nameEnd = message.indexOf(' : ');
  if (nameEnd < 0) return false;
  const commandAt = message.indexOf('COMMAND=', nameEnd);
  facts.user = textOf(message.slice(0, nameEnd).trim());
  facts.action = 'sudo';
  if (commandAt >= 0) facts.command = textOf(message.slice(commandAt + 8));
  const middle = message.slice(nameEnd + 3, commandAt < 0 ? undefined : commandAt);
  for (const part of middle.split(SEPARATOR, 8)) readPart(part.trim(), facts);
  if (facts.outcome === '' && commandAt >= 0) facts.outcome = 'success';
  return commandAt >= 0 || facts.outcome !== '';
}

function readPart(part: string, facts: AuthFacts): void {
  if (part.startsWith('TTY=')) facts.terminal = textOf(part.slice(4));
  else if (part.startsWith('PWD=')) facts.directory = textOf(part.slice(4));
  else if (part.startsWith('USER=')) facts.targetUser = textOf(part.slice(5));
  else if (part.includes('incorrect password attempt')) {
    fail(part, facts);
    const attempts = Number.parseInt(part, 10);
    if (attempts >= 1 && attempts <= 100) facts.count = attempts;
  } else if (part.includes('NOT in sudoers') || part.includes('command not allowed')) {
    fail(part, facts);
  }
}

function fail(reason: string, facts: AuthFacts): void {
  facts.outcome = 'failure';
  facts.reason = textOf(reason);
}
