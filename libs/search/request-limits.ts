import { PAGE_LIMIT_MAX } from '@tocsin/contracts/page.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type {
  AggregateRequest,
  HistogramRequest,
  SearchRequest,
  TimeRange,
} from './search-store.ts';

/** Most bars of a histogram that have rows. */
export const HISTOGRAM_BARS_MAX = 1000;
/** Most rows of a histogram by a field: bars times values. */
export const HISTOGRAM_ROWS_MAX = 10_000;
/** Most values of an aggregate. */
export const AGGREGATE_VALUES_MAX = 1000;

/**
 * Checks the numbers of a search.
 *
 * @throws Problem `invalid_request` naming the member
 */
export function checkSearch(request: SearchRequest): void {
  checkRange(request.range);
  checkNumber('limit', request.limit, 1, PAGE_LIMIT_MAX);
}

/** Checks the numbers of a histogram. Its bars are counted by {@link checkBars}. */
export function checkHistogram(request: HistogramRequest): void {
  checkRange(request.range);
  checkNumber('interval', request.intervalMs, 1000, 366 * 86_400_000);
}

/** Checks the numbers of an aggregate. */
export function checkAggregate(request: AggregateRequest): void {
  checkRange(request.range);
  checkNumber('limit', request.limit, 1, AGGREGATE_VALUES_MAX);
}

/** Refuses a histogram past its limits, when its size is known: Problem `invalid_request`. */
export function checkBars(bars: number, rows: number): void {
  if (bars <= HISTOGRAM_BARS_MAX && rows <= HISTOGRAM_ROWS_MAX) return;
  throw fault(
    'interval',
    `gives more than ${HISTOGRAM_BARS_MAX} bars or ${HISTOGRAM_ROWS_MAX} counts: choose a longer interval or a shorter range`,
  );
}

function checkRange(range: TimeRange): void {
  if (!Number.isFinite(range.from) || !Number.isFinite(range.to)) throw fault('from', 'is a time');
  if (range.from > range.to) throw fault('from', 'is not after `to`');
}

function checkNumber(member: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw fault(member, `is a whole number from ${min} to ${max}`);
}

function fault(member: string, detail: string): Problem {
  return new Problem('invalid_request', {
    detail: `\`${member}\` ${detail}`,
    errors: [{ pointer: `/${member}`, detail }],
  });
}
