import { Problem } from './problem.ts';

/** For each status the statuses that may follow it. A status that is not listed under itself is not a step. */
export type TransitionTable<Status extends string> = Readonly<Record<Status, readonly Status[]>>;

/**
 * Checks one change of status. Staying where one is changes nothing and is allowed.
 *
 * @throws Problem `illegal_transition` (409) with the member `allowed`: the statuses that may follow
 */
export function checkTransition<Status extends string>(
  table: TransitionTable<Status>,
  from: Status,
  to: Status,
): void {
  const allowed = table[from];
  if (from === to || allowed.includes(to)) return;
  throw new Problem('illegal_transition', {
    detail: `the status cannot go from ${from} to ${to}; it can go to ${allowed.join(', ')}`,
    errors: [{ pointer: '/status', detail: `one of ${allowed.join(', ')}` }],
    members: { from, to, allowed: [...allowed] },
  });
}
