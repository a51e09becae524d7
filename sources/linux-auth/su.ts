import { textOf } from '../text-member.ts';
import type { AuthFacts } from './auth-facts.ts';

const FAILED_FOR = "' failed for ";

/**
 * Reads su's lines: `Successful su for A by B`, `FAILED SU (to A) B on TTY`, `+ TTY B:A`, `- TTY B:A`, and
 * `'su A' failed for B on TTY` of BSD.
 */
export function readSu(message: string, facts: AuthFacts): boolean {
  if (message.startsWith('Successful su for ')) return readBy(message, 18, true, facts);
  if (message.startsWith('FAILED su for ')) return readBy(message, 14, false, facts);
  if (message.startsWith('FAILED SU (to ')) return readTo(message, 14, false, facts);
  if (message.startsWith('(to ')) return readTo(message, 4, true, facts);
  if (message.startsWith("'su ")) return readQuoted(message, facts);
  if (message.startsWith('+ ')) return readSign(message, true, facts);
  return message.startsWith('- ') && readSign(message, false, facts);
}

function readBy(message: string, from: number, done: boolean, facts: AuthFacts): boolean {
  const by = message.indexOf(' by ', from);
  if (by < 0) return false;
  return setSwitch(facts, message.slice(by + 4), message.slice(from, by), done);
}

function readTo(message: string, from: number, done: boolean, facts: AuthFacts): boolean {
  const close = message.indexOf(') ', from);
  if (close < 0) return false;
  const user = beforeTerminal(message, close + 2, facts);
  return setSwitch(facts, user, message.slice(from, close), done);
}

function readQuoted(message: string, facts: AuthFacts): boolean {
  const failed = message.indexOf(FAILED_FOR);
  if (failed < 0) return false;
  const user = beforeTerminal(message, failed + FAILED_FOR.length, facts);
  return setSwitch(facts, user, message.slice(4, failed), false);
}

/** `TTY USER:TARGET`. */
function readSign(message: string, done: boolean, facts: AuthFacts): boolean {
  const blank = message.indexOf(' ', 2);
  const colon = message.lastIndexOf(':');
  if (blank < 0 || colon < blank) return false;
  facts.terminal = textOf(message.slice(2, blank));
  return setSwitch(facts, message.slice(blank + 1, colon), message.slice(colon + 1), done);
}

/** `USER[ on TTY]`; the terminal is the last word, so a user name cannot forge it. */
function beforeTerminal(message: string, from: number, facts: AuthFacts): string {
  const on = message.lastIndexOf(' on ');
  if (on < from) return message.slice(from);
  facts.terminal = textOf(message.slice(on + 4));
  return message.slice(from, on);
}

function setSwitch(facts: AuthFacts, user: string, target: string, done: boolean): boolean {
  facts.action = 'su';
  facts.outcome = done ? 'success' : 'failure';
  facts.user = textOf(user.trim());
  facts.targetUser = textOf(target.trim());
  return true;
}
