import type { CompareOperator, TimePart } from '../rule/rule.ts';

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?$/;
const WHOLE = /^[-+]?\d+$/;
/** Longest text read as a number: longer ones are no numbers anybody compares. */
const NUMBER_UNITS_MAX = 64;

/** The number a text writes in decimal, exact when whole; undefined when it writes none. */
export function numberOfText(text: string): number | bigint | undefined {
  if (text.length > NUMBER_UNITS_MAX || !DECIMAL.test(text)) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) || !WHOLE.test(text)) return number;
  return BigInt(text.startsWith('+') ? text.slice(1) : text);
}

/** Whether two numbers stand in a relation; a number and a big whole number compare exactly. */
export function compareNumbers(
  left: number | bigint,
  operator: CompareOperator,
  right: number | bigint,
): boolean {
  switch (operator) {
    case 'lt':
      return left < right;
    case 'lte':
      return left <= right;
    case 'gt':
      return left > right;
    case 'gte':
      return left >= right;
    case 'eq':
      // biome-ignore lint/suspicious/noDoubleEquals: compares a number with a bigint by value
      return left == right;
  }
}

/**
 * A part of the time a text writes, in UTC; `week` is the ISO week. Texts are ISO 8601 dates or times, or seconds,
 * milliseconds, microseconds or nanoseconds since 1970. Undefined when it writes no time.
 */
export function timePartOfText(text: string, part: TimePart): number | undefined {
  const time = timeOfText(text);
  if (time === undefined) return undefined;
  const date = new Date(time);
  switch (part) {
    case 'minute':
      return date.getUTCMinutes();
    case 'hour':
      return date.getUTCHours();
    case 'day':
      return date.getUTCDate();
    case 'week':
      return isoWeek(date);
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
  }
}

const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?\s*(Z|[-+]\d{2}:?\d{2})?)?$/i;

function timeOfText(text: string): number | undefined {
  if (text.length > NUMBER_UNITS_MAX) return undefined;
  if (/^\d{1,19}(?:\.\d+)?$/.test(text)) return epochTime(Number(text));
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, day, clock = '00:00', , zone = 'Z'] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const time = Date.parse(`${day}T${clock}${offset}`);
  return Number.isNaN(time) ? undefined : time;
}

function epochTime(value: number): number {
  if (value < 1e11) return value * 1000;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1000 : value / 1e6;
}

const DAY_MS = 86_400_000;

/** ISO 8601: week 1 is the one with the year's first Thursday. */
function isoWeek(date: Date): number {
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = midnight + (3 - weekday) * DAY_MS;
  const firstDay = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday - firstDay) / (7 * DAY_MS));
}
