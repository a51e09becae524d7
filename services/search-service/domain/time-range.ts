import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { parseTime } from '@tocsin/search/parse-time.ts';
import { ALL_TIME, type TimeRange } from '@tocsin/search/search-store.ts';

/** A range as asked: each end a time as in queries, or absent for no bound. */
export interface AskedRange {
  readonly from?: string;
  readonly to?: string;
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
    from: endOf('from', asked.from, now) ?? ALL_TIME.from,
    to: endOf('to', asked.to, now) ?? ALL_TIME.to,
  };
}

function endOf(name: 'from' | 'to', text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const span = parseTime(text, now);
  if (span !== undefined) return span.from;
  const detail =
    'must be a time such as 2026-01-31T10:00:00Z, 2026-01-31, now-1h or milliseconds since 1970';
  throw new Problem('invalid_request', {
    detail: `${name} ${detail}`,
    errors: [{ pointer: `/${name}`, detail }],
  });
}
