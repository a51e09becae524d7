const DAY_MS = 86_400_000;
/** Bounds of a believable event time: 1971 to 2200. Zero and near-zero stamps are unset clocks. */
const TIME_MIN = 31_536_000_000;
const TIME_MAX = 7_258_118_400_000;

const ZERO = 48;
const DASH = 45;
const COLON = 58;

/** Milliseconds of a UTC date and time; no check of the fields beyond what callers did. `month` is 1 to 12. */
export function utcMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468;
  return days * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms;
}

/** Two digits at an offset, or -1. */
export function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** A time of an untrusted value: ISO text, or a number (also as text) of seconds, ms, us or ns. NaN when it is none. */
export function timeOf(value: unknown): number {
  if (typeof value === 'string') {
    return value.charCodeAt(4) === DASH ? parseIsoTime(value) : epochOf(parseDecimal(value));
  }
  return typeof value === 'number' ? epochOf(value) : Number.NaN;
}

/**
 * Reads `YYYY-MM-DD`, one of `T`, `t`, blank, then `hh:mm:ss`, a fraction after `.` or `,` (kept to ms) and `Z`,
 * `+hh:mm`, `+hhmm`, `+hh`, with blanks before it, or nothing, which means UTC (RFC 3339 and its common relatives).
 *
 * @returns milliseconds since 1970, NaN when the text does not start so or is no believable time
 */
export function parseIsoTime(text: string, from = 0): number {
  const century = twoDigits(text, from);
  const year = century * 100 + twoDigits(text, from + 2);
  const month = twoDigits(text, from + 5);
  const day = twoDigits(text, from + 8);
  const hour = twoDigits(text, from + 11);
  const minute = twoDigits(text, from + 14);
  const second = twoDigits(text, from + 17);
  const fits =
    century >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 31 &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 60 &&
    text.charCodeAt(from + 13) === COLON;
  if (!fits) return Number.NaN;
  let at = from + 19;
  let ms = 0;
  const point = text.charCodeAt(at);
  if (point === 46 || point === 44) {
    let scale = 100;
    for (at += 1; ; at += 1) {
      const digit = text.charCodeAt(at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      ms += digit * scale;
      scale = scale === 100 ? 10 : scale === 10 ? 1 : 0;
    }
  }
  const time = utcMs(year, month, day, hour, minute, second, ms) - zoneMs(text, at);
  return time >= TIME_MIN && time <= TIME_MAX ? time : Number.NaN;
}

/** Offset from UTC that stands at a position, in ms; 0 when none does. */
function zoneMs(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 32) at += 1;
  const sign = text.charCodeAt(at);
  if (sign !== 43 && sign !== DASH) return 0;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, text.charCodeAt(at + 3) === COLON ? at + 4 : at + 3);
  if (hours < 0 || hours > 18) return 0;
  const offset = hours * 3_600_000 + (minutes > 0 ? minutes * 60_000 : 0);
  return sign === 43 ? offset : -offset;
}

/** A plain decimal of at most 25 characters; NaN for anything else (`Number` alone would take `''` and hex). */
function parseDecimal(text: string): number {
  const first = text.charCodeAt(0) - ZERO;
  if (!(first >= 0 && first <= 9) || text.length > 25) return Number.NaN;
  return Number(text);
}

/** A number since 1970 whose unit shows by its size. */
function epochOf(value: number): number {
  let ms = value;
  if (value < 100_000_000_000) ms = value * 1000;
  else if (value >= 100_000_000_000_000_000) ms = value / 1_000_000;
  else if (value >= 100_000_000_000_000) ms = value / 1000;
  ms = Math.floor(ms);
  return ms >= TIME_MIN && ms <= TIME_MAX ? ms : Number.NaN;
}
