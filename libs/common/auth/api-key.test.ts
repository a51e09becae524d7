import { seededRandom, systemRandom } from '@tocsin/kernel/random.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatApiKey, newKeyId, newKeySecret, parseApiKey } from './api-key.ts';

const parts = fc.integer().map((seed) => {
  const random = seededRandom(seed);
  return { environment: 'live', keyId: newKeyId(random), secret: newKeySecret(random) };
});

describe('the text of an API key', () => {
  it('gives its parts back', () => {
    fc.assert(
      fc.property(parts, (key) => {
        expect(parseApiKey(formatApiKey(key))).toEqual(key);
      }),
    );
  });

  it('has the form of design 6, which scanners for secrets know', () => {
    const key = { environment: 'test', keyId: 'a'.repeat(16), secret: 'b'.repeat(43) };
    // The checksum was computed apart: crc32 of what precedes it, in base 62.
    expect(formatApiKey(key)).toMatch(/^tcs_test_a{16}_b{43}_[0-9A-Za-z]{6}$/);
  });

  it('is refused with any one letter replaced, left out or doubled', () => {
    fc.assert(
      fc.property(parts, fc.nat(), (key, at) => {
        const text = formatApiKey(key);
        const index = at % text.length;
        const other = text.charAt(index) === 'x' ? 'y' : 'x';
        const [before, after] = [text.slice(0, index), text.slice(index + 1)];
        expect(parseApiKey(before + other + after)).toBeUndefined();
        expect(parseApiKey(before + after)).toBeUndefined();
        expect(
          parseApiKey(before + text.charAt(index) + text.charAt(index) + after),
        ).toBeUndefined();
      }),
    );
  });

  it('is never read from other text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseApiKey(text)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(parts, fc.string({ minLength: 1 }), (key, more) => {
        expect(parseApiKey(formatApiKey(key) + more)).toBeUndefined();
        expect(parseApiKey(more + formatApiKey(key))).toBeUndefined();
      }),
    );
  });

  it('uses every character about as often as any other', () => {
    const counts = new Map<string, number>();
    for (let round = 0; round < 2_000; round += 1) {
      for (const letter of newKeySecret(systemRandom)) {
        counts.set(letter, (counts.get(letter) ?? 0) + 1);
      }
    }
    // 86,000 letters of 62: 1,387 of each, with a deviation of 37.
    expect(counts.size).toBe(62);
    expect(Math.min(...counts.values())).toBeGreaterThan(1_050);
    expect(Math.max(...counts.values())).toBeLessThan(1_750);
  });
});
