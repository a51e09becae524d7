import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddressRange } from './address-range.ts';

const octet = fc.integer({ min: 0, max: 255 });
const address = fc.tuple(octet, octet, octet, octet);

function numberOf(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

describe('parseAddressRange', () => {
  it('covers exactly the addresses that share the masked bits', () => {
    fc.assert(
      fc.property(address, address, fc.integer({ min: 0, max: 32 }), (network, other, bits) => {
        // Half of the addresses asked for lie near the network.
        const asked = other[0] % 2 === 0 ? other : [...network.slice(0, 3), other[3]];
        const range = parseAddressRange(`${network.join('.')}/${bits}`);
        const text = asked.join('.');
        const found =
          range?.addresses.includes(text) || range?.prefixes.some((head) => text.startsWith(head));
        const size = 2 ** (32 - bits);
        const same = Math.floor(numberOf(network) / size) === Math.floor(numberOf(asked) / size);
        expect(found).toBe(same);
        expect((range?.addresses.length ?? 0) + (range?.prefixes.length ?? 0)).toBeLessThan(129);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '10.0.0.0/33',
    '256.0.0.0/8',
    '10.0.0/8',
    '::/8',
    '10.0.0.0/',
    '10.0.0.0',
    '',
  ])('knows that %j is none', (text) => {
    expect(parseAddressRange(text)).toBeUndefined();
  });
});
