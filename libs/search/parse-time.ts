/** A stretch of time that a literal names, milliseconds since 1970: a day for a date, else one millisecond. */
export interface TimeSpan {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

const DAY_MS = 86_400_000;
/** The reach of JavaScript's Date, milliseconds on either side of 1970. */
const TIME_MAX = 8_640_000_000_000_000;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
  w: 7 * DAY_MS,
};
const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:\d\d)$/;
const RELATIVE = /^now(?:([+-])(\d{1,9})([smhdw]))?$/i;
const EPOCH_MS = /^-?\d{1,16}$/;

/**
 * Parses a time as users write it: RFC 3339 (fractions beyond milliseconds are cut, seconds may be left out),
 * a date (that day in UTC), milliseconds since 1970, or `now`, `now-15m` with the units s, m, h, d, w.
 * Undefined for anything else. UNTRUSTED: `text`.
 */
export function parseTime(text: string, nowMs: number): TimeSpan | undefined {
  if (DATE.test(text)) {
    const day = dayOf(text);
    return day === undefined ? undefined : span(day, DAY_MS);
  }
  const relative = RELATIVE.exec(text);
  if (relative) {
    const [, sign, count = '0', unit = 's'] = relative;
    const distance = Number(count) * (UNIT_MS[unit.toLowerCase()] ?? 0);
    return span(sign === '-' ? nowMs - distance : nowMs + distance, 1);
  }
  if (EPOCH_MS.test(text)) return span(Number(text), 1);
  const instant = instantOf(text);
  return instant === undefined ? undefined : span(instant, 1);
}

function span(from: number, lengthMs: number): TimeSpan | undefined {
  return Math.abs(from) > TIME_MAX ? undefined : { from, to: from + lengthMs };
}

/** Midnight UTC of a date; undefined for days that no calendar has. */
function dayOf(date: string): number | undefined {
  const day = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(day) && new Date(day).toISOString().startsWith(date) ? day : undefined;
}

function instantOf(text: string): number | undefined {
  const parts = DATE_TIME.exec(text);
  const day = parts?.[1] === undefined ? undefined : dayOf(parts[1]);
  if (!parts || day === undefined) return undefined;
  const [, , hours = '', minutes = '', seconds = '0', fraction = '0', zone = 'Z'] = parts;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const offset = zoneMs(zone);
  if (offset === undefined) return undefined;
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  const clock = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
  return day + clock + milliseconds - offset;
}

function zoneMs(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
