import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDateTime } from './date-time.ts';

describe('isDateTime', () => {
  it.each([
    '2026-01-02T03:04:05Z',
    '2026-01-02t03:04:05z',
    '2026-01-02T03:04:05.6Z',
    '2026-01-02T03:04:05.123456789+05:30',
    '2024-02-29T23:59:60-00:00',
  ])('takes %s', (text) => {
    expect(isDateTime(text)).toBe(true);
  });

  it.each([
    '',
    '2026-01-02',
    '2026-01-02T03:04:05',
    '2026-01-02 03:04:05Z',
    '2026-13-02T03:04:05Z',
    '2026-00-02T03:04:05Z',
    '2026-02-29T03:04:05Z',
    '2026-04-31T03:04:05Z',
    '1900-02-29T03:04:05Z',
    '2026-01-02T24:04:05Z',
    '2026-01-02T03:60:05Z',
    '2026-01-02T03:04:61Z',
    '2026-01-02T03:04:05.Z',
    '2026-01-02T03:04:05.1234567890Z',
    '2026-01-02T03:04:05+0530',
    '2026-01-02T03:04:05+24:00',
    '2026-01-02T03:04:05Zx',
    '2026-01-0xT03:04:05Z',
    '-026-01-02T03:04:05Z',
  ])('refuses %s', (text) => {
    expect(isDateTime(text)).toBe(false);
  });

  it('takes every time that JavaScript prints', () => {
    const years = { min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true };
    fc.assert(fc.property(fc.date(years), (date) => isDateTime(date.toISOString())));
  });
});
