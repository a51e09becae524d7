import { Problem } from '@tocsin/kernel/problem.ts';
import { tooLarge } from './check-event.ts';
import { EVENT_BYTES_MAX, ITEMS_MAX } from './limits.ts';
import { type ReadItems, type Refusal, tooMany } from './read-events.ts';
import { splitLines } from './split-json.ts';

/**
 * Reads a body of lines as devices sent them. Nothing is parsed: a line nobody understands becomes an event
 * with that status, so only lines past the limit are refused.
 */
export function readLines(body: Buffer): ReadItems {
  const items: Buffer[] = [];
  const refusals: Refusal[] = [];
  let index = 0;
  for (const line of splitLines(body)) {
    if (index === ITEMS_MAX) throw tooMany();
    if (line.length > EVENT_BYTES_MAX) refusals.push({ index, problem: tooLarge() });
    else items.push(line);
    index += 1;
  }
  if (index === 0)
    throw new Problem('invalid_request', { detail: 'the body is empty: send at least one line' });
  return { single: false, items, refusals };
}
