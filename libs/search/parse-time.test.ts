import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime } from './parse-time.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const DAY = 86_400_000;

describe('parseTime', () => {
  it.each([
    ['2026-01-31', Date.UTC(2026, 0, 31), DAY],
    ['2026-01-31T10:00:00Z', Date.UTC(2026, 0, 31, 10), 1],
    ['2026-01-31t10:00z', Date.UTC(2026, 0, 31, 10), 1],
    ['2026-01-31 10:00:00.123456Z', Date.UTC(2026, 0, 31, 10, 0, 0, 123), 1],
    ['2026-01-31T10:00:00.5+01:30', Date.UTC(2026, 0, 31, 8, 30, 0, 500), 1],
    ['2024-02-29', Date.UTC(2024, 1, 29), DAY],
    ['0', 0, 1],
    ['-500', -500, 1],
    ['1767225600000', 1_767_225_600_000, 1],
    ['now', NOW, 1],
    ['NOW-15m', NOW - 900_000, 1],
    ['now+2w', NOW + 14 * DAY, 1],
  ])('reads %s', (text, from, length) => {
    expect(parseTime(text, NOW)).toEqual({ from, to: from + length });
  });

  it.each([
    ...['', 'yesterday', '2026-02-30', '2023-02-29', '2026-13-01', '2026-1-1', '26-01-01'],
    ...['2026-01-31T24:00:00Z', '2026-01-31T10:60:00Z', '2026-01-31T10:00:60Z', '2026-01-31T10Z'],
    ...['2026-01-31T10:00:00+24:00', 'now-1y', 'now-', 'now -1h', '1e3', '1.5', '9999999999999999'],
  ])('refuses %j', (text) => {
    expect(parseTime(text, NOW)).toBeUndefined();
  });

  it('reads back every time that Date prints', () => {
    const any = fc.date({
      min: new Date('0000-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(any, (date) => {
        expect(parseTime(date.toISOString(), NOW)?.from).toBe(date.getTime());
      }),
    );
  });
});
