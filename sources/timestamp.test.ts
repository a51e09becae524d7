import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIsoTime, timeOf } from './timestamp.ts';

describe('a time in ISO form', () => {
  it.each([
    ['2026-03-02T08:15:30Z', '2026-03-02T08:15:30.000Z'],
    ['2026-03-02 08:15:30', '2026-03-02T08:15:30.000Z'],
    ['2026-03-02T08:15:30.2507195Z', '2026-03-02T08:15:30.250Z'],
    ['2026-03-02 08:15:30,5', '2026-03-02T08:15:30.500Z'],
    ['2026-03-02T08:15:30+0200', '2026-03-02T06:15:30.000Z'],
    ['2026-03-02T08:15:30-05:30', '2026-03-02T13:45:30.000Z'],
    ['2026-03-02 08:15:30 +0000', '2026-03-02T08:15:30.000Z'],
    ['2024-02-29T23:59:60Z', '2024-03-01T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(parseIsoTime(text)).toISOString()).toBe(expected);
  });

  it('equals what Date gives, for any time', () => {
    const dates = fc.date({
      min: new Date('1971-01-02'),
      max: new Date('2199-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseIsoTime(date.toISOString())).toBe(date.getTime());
      }),
    );
  });

  it.each([
    '',
    '2026',
    '2026-13-02T08:15:30Z',
    '2026-03-02',
    '2026-03-02T25:15:30Z',
    'x'.repeat(30),
  ])('is not %s', (text) => {
    expect(parseIsoTime(text)).toBeNaN();
  });
});

describe('a time as a number', () => {
  it.each([
    [1_772_439_330, 1_772_439_330_000],
    [1_772_439_330.25, 1_772_439_330_250],
    [1_772_439_330_250, 1_772_439_330_250],
    [1_772_439_330_250_719, 1_772_439_330_250],
    ['1772439330250719000', 1_772_439_330_250],
    ['1772439330.25', 1_772_439_330_250],
  ])('%s shows its unit by its size', (value, expected) => {
    expect(timeOf(value)).toBe(expected);
  });

  it.each([
    0,
    -1,
    5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    'soon',
    '0x10',
    null,
    {},
    true,
  ])('is not %s', (value) => {
    expect(timeOf(value)).toBeNaN();
  });
});
