import { describe, expect, it } from 'vitest';
import { nextBackoffMs } from './backoff.ts';

describe('nextBackoffMs', () => {
  it('doubles from a quarter of a second up to thirty seconds', () => {
    const waits: number[] = [];
    for (let wait = nextBackoffMs(undefined, 0); waits.length < 9; wait = nextBackoffMs(wait, 0)) {
      waits.push(wait);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('begins again after a minute of health, and not before', () => {
    expect(nextBackoffMs(16_000, 60_000)).toBe(250);
    expect(nextBackoffMs(16_000, 59_999)).toBe(30_000);
  });
});
