import { Problem } from '@tocsin/kernel/problem.ts';
import { tooLarge } from './check-event.ts';
import { EVENT_BYTES_MAX, ITEMS_MAX } from './limits.ts';
import { LineRuns } from './line-runs.ts';
import { type ReadItems, type Refusal, tooMany } from './read-events.ts';
import { eachLine, markLength } from './split-json.ts';

/**
 * Reads a body of lines as devices sent them. Nothing is parsed: a line nobody understands becomes an event
 * with that status, so only lines past the limit are refused.
 */
export function readLines(body: Buffer): ReadItems {
  const runs = new LineRuns(body);
  const refusals: Refusal[] = [];
  let index = 0;
  eachLine(body, markLength(body), (start, end) => {
    if (index === ITEMS_MAX) throw tooMany();
    if (end - start > EVENT_BYTES_MAX) refusals.push({ index, problem: tooLarge() });
    else runs.add(start, end);
    index += 1;
  });
  if (index === 0) {
    throw new Problem('invalid_request', { detail: 'the body is empty: send at least one line' });
  }
  return { single: false, eventId: '', runs: runs.finish(), count: runs.count, refusals };
}
