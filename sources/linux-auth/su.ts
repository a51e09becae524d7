import { textOf } from '../text-member.ts';
import type { AuthFacts } from './auth-facts.ts';

/** Reads su's lines: `Successful su for A by B`, `FAILED SU (to A) B on TTY`, `+ TTY B:A`, `- TTY B:A`. */
export function readSu(message: string, facts: AuthFacts): boolean {
  const done = message.startsWith('Successful su for ');
  if (done || message.startsWith('FAILED su for ')) {
    const from = done ? 18 : 14;
    const by = message.indexOf(' by ', from);
    if (by < 0) return false;
    return setSwitch(facts, message.slice(by + 4), message.slice(from, by), done);
  }
  if (message.startsWith('FAILED SU (to ') || message.startsWith('(to ')) {
    const from = message.indexOf('(to ') + 4;
    const close = message.indexOf(') ', from);
    if (close < 0) return false;
    const on = message.lastIndexOf(' on ');
    const user = message.slice(close + 2, on > close ? on : undefined);
    if (on > close) facts.terminal = textOf(message.slice(on + 4));
    return setSwitch(facts, user, message.slice(from, close), message.startsWith('(to '));
  }
  const sign = message.charAt(0);
  if ((sign === '+' || sign === '-') && message.charAt(1) === ' ') {
    const blank = message.indexOf(' ', 2);
    const colon = message.lastIndexOf(':');
    if (blank < 0 || colon < blank) return false;
    facts.terminal = textOf(message.slice(2, blank));
    return setSwitch(
      facts,
      message.slice(blank + 1, colon),
      message.slice(colon + 1),
      sign === '+',
    );
  }
  return false;
}

function setSwitch(facts: AuthFacts, user: string, target: string, done: boolean): boolean {
  facts.action = 'su';
  facts.outcome = done ? 'success' : 'failure';
  facts.user = textOf(user.trim());
  facts.targetUser = textOf(target.trim());
  return true;
}
