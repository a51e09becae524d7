import { twoDigits, utcMs } from '../timestamp.ts';

/** How far ahead of receipt a time without a year may lie. */
const AHEAD_MAX_MS = 31 * 86_400_000;
/** `Jan` to `Dec` as three bytes packed in a number. */
const MONTHS: ReadonlyMap<number, number> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map(
    (name, index) => [pack(name, 0), index + 1],
  ),
);

/** A time and where it ends in the text. */
export interface TimeAt {
  readonly time: number;
  readonly end: number;
}

/**
 * Reads `Mmm dd hh:mm:ss` (RFC 3164 section 4.1.2), with the additions devices make: `*` or `.` before it, a
 * year before or behind the clock, a fraction, a `:` at the end. Without a zone it is UTC.
 *
 * @param receivedAt chooses the year when none is stated: the one that puts the time nearest to it
 */
export function parseBsdTime(text: string, from: number, receivedAt: number): TimeAt | undefined {
  let at = from;
  const mark = text.charCodeAt(at);
  if (mark === 42 || mark === 46) at += 1;
  const month = MONTHS.get(pack(text, at));
  if (month === undefined || text.charCodeAt(at + 3) !== 32) return undefined;
  at += 4;
  if (text.charCodeAt(at) === 32) at += 1;
  const single = text.charCodeAt(at + 1) === 32;
  const day = single ? text.charCodeAt(at) - 48 : twoDigits(text, at);
  at += single ? 1 : 2;
  if (!(day >= 1 && day <= 31) || text.charCodeAt(at) !== 32) return undefined;
  at += 1;
  let year = readYear(text, at);
  if (year > 0) at += 5;
  const time = readClock(text, at);
  if (time < 0) return undefined;
  at += 8;
  const fraction = readFraction(text, at);
  at = fraction.end;
  if (year < 0) {
    year = readYear(text, at + 1);
    if (year > 0 && text.charCodeAt(at) === 32) at += 5;
    else year = nearestYear(month, day, time, receivedAt);
  }
  if (text.charCodeAt(at) === 58) at += 1;
  return { time: utcMs(year, month, day, 0, 0, 0, time + fraction.ms), end: at };
}

/** Milliseconds of `hh:mm:ss` since midnight, -1 when it is not that. */
function readClock(text: string, at: number): number {
  const hour = twoDigits(text, at);
  const minute = twoDigits(text, at + 3);
  const second = twoDigits(text, at + 6);
  const fits =
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 60 &&
    text.charCodeAt(at + 2) === 58 &&
    text.charCodeAt(at + 5) === 58;
  return fits ? ((hour * 60 + minute) * 60 + second) * 1000 : -1;
}

function readFraction(text: string, from: number): { ms: number; end: number } {
  if (text.charCodeAt(from) !== 46) return { ms: 0, end: from };
  let ms = 0;
  let scale = 100;
  let at = from + 1;
  for (; at < from + 10; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    ms += digit * scale;
    scale = scale === 100 ? 10 : scale === 10 ? 1 : 0;
  }
  return { ms, end: at };
}

/** A year 1971 to 2199 in four digits, followed by a blank, `:` or the end; -1 when there is none. */
function readYear(text: string, at: number): number {
  const high = twoDigits(text, at);
  const low = twoDigits(text, at + 2);
  if (high < 19 || high > 21 || low < 0) return -1;
  const next = text.charCodeAt(at + 4);
  return next === 32 || next === 58 || Number.isNaN(next) ? high * 100 + low : -1;
}

/**
 * The year that puts month, day and clock nearest to receipt, so that New Year is no trap; but never more than a
 * month ahead: old files are read late, no file is read half a year early.
 */
function nearestYear(month: number, day: number, clockMs: number, receivedAt: number): number {
  const year = new Date(receivedAt).getUTCFullYear();
  const ahead = utcMs(year, month, day, 0, 0, 0, clockMs) - receivedAt;
  if (ahead > AHEAD_MAX_MS) return year - 1;
  const nextAhead = utcMs(year + 1, month, day, 0, 0, 0, clockMs) - receivedAt;
  return nextAhead <= AHEAD_MAX_MS ? year + 1 : year;
}

function pack(text: string, at: number): number {
  return (text.charCodeAt(at) << 16) | (text.charCodeAt(at + 1) << 8) | text.charCodeAt(at + 2);
}
