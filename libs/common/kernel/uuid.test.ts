import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';
import { seededRandom, systemRandom } from './random.ts';
import { formatUuid, isUuid, TOCSIN_NAMESPACE, uuidBytes, uuidV5, uuidV7 } from './uuid.ts';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

describe('UUIDs (RFC 9562)', () => {
  it('of version 5 are those of appendix A.4', () => {
    expect(uuidV5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('of version 7 are those of appendix A.6', () => {
    const clock = new ManualClock(0x017f22e279b0);
    const random = {
      bytes: () => Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]),
      fraction: () => 0,
    };
    expect(uuidV7(clock, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it('of version 7 sort by time', async () => {
    const clock = new ManualClock();
    const random = seededRandom(7);
    const ids: string[] = [];
    for (let index = 0; index < 50; index += 1) {
      ids.push(uuidV7(clock, random));
      await clock.advance(1);
    }
    expect(ids.toSorted()).toEqual(ids);
  });

  it('have the version and variant they claim, whatever the chance', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), (seed, name) => {
        expect(uuidV7(new ManualClock(), seededRandom(seed))[14]).toBe('7');
        expect(uuidV5(TOCSIN_NAMESPACE, name)).toMatch(/^.{14}5.{4}[89ab]/);
      }),
    );
  });

  it('come back from bytes as they went in', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(formatUuid(uuidBytes(id))).toBe(id);
        expect(isUuid(id) && isUuid(id.toUpperCase())).toBe(true);
      }),
    );
  });

  it.each([
    '',
    DNS.slice(1),
    `${DNS}0`,
    `{${DNS}}`,
    DNS.replaceAll('-', ''),
    `${DNS}\n`,
    `g${DNS.slice(1)}`,
    7,
    undefined,
  ])('are not %j', (value) => {
    expect(isUuid(value)).toBe(false);
  });
});

describe('chance', () => {
  it('from the system gives each byte out once, also across its pool', () => {
    const drawn = Array.from({ length: 2000 }, () =>
      Buffer.from(systemRandom.bytes(16)).toString('hex'),
    );
    expect(new Set(drawn).size).toBe(2000);
    expect(systemRandom.bytes(0)).toHaveLength(0);
    expect(systemRandom.bytes(100_000)).toHaveLength(100_000);
    const kept = systemRandom.bytes(16);
    const copy = Uint8Array.from(kept);
    systemRandom.bytes(2000);
    systemRandom.bytes(900);
    expect(kept).toEqual(copy);
  });

  it('of a seed repeats', () => {
    expect(seededRandom(3).bytes(8)).toEqual(seededRandom(3).bytes(8));
    expect(seededRandom(3).bytes(8)).not.toEqual(seededRandom(4).bytes(8));
    expect(seededRandom(3).fraction()).toBeLessThan(1);
  });
});
