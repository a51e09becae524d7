import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { parseTime } from '@tocsin/search/parse-time.ts';
import { ALL_TIME, type TimeRange } from '@tocsin/search/search-store.ts';

/** A range as asked: each end a time as in queries, or absent for no bound. */
export interface AskedRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Where the ends came from, for the pointer of a fault (RFC 6901): `/query`, or `''` for the body. */
  readonly pointer: '/query' | '';
}

/**
 * The range that is meant: from `from` up to, not including, `to`. Without an end it has no bound there, so events
 * with wrong clocks and of simulated days are found too. UNTRUSTED: both texts.
 *
 * @throws Problem `invalid_request` naming the end that is no time
 */
export function timeRange(asked: AskedRange, clock: Clock): TimeRange {
  const now = clock.now();
  return {
    from: endOf(asked, 'from', now) ?? ALL_TIME.from,
    to: endOf(asked, 'to', now) ?? ALL_TIME.to,
  };
}

function endOf(asked: AskedRange, name: 'from' | 'to', now: number): number | undefined {
  const text = asked[name];
  if (text === undefined) return undefined;
  const span = parseTime(text, now);
  if (span !== undefined) return span.from;
  const detail =
    'must be a time such as 2026-01-31T10:00:00Z, 2026-01-31, now-1h or milliseconds since 1970';
  throw new Problem('invalid_request', {
    detail: `${name} ${detail}`,
    errors: [{ pointer: `${asked.pointer}/${name}`, detail }],
  });
}
