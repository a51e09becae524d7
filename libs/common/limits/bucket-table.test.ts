import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bucket } from './bucket.ts';
import { BucketTable } from './bucket-table.ts';
import { isOwnMachine, networkOf } from './network-of.ts';
import { Rates } from './rates.ts';

const RATES = new Rates({ requests: { perSecond: 1, burst: 2 } });

describe('BucketTable', () => {
  it('keeps subjects apart', () => {
    const table = new BucketTable<'requests'>(10);
    table.open('acme-corp', RATES, 0).pay('requests', 2);
    expect(table.open('acme-corp', RATES, 0).remaining('requests')).toBe(0);
    expect(table.open('globex', RATES, 0).remaining('requests')).toBe(2);
  });

  it('never holds more than it may, and counts those it dropped while they owed', () => {
    const table = new BucketTable<'requests'>(10);
    for (let index = 0; index < 100; index += 1) {
      table.open(`subject-${index}`, RATES, 0).pay('requests', 1);
      expect(table.size).toBeLessThanOrEqual(10);
    }
    expect(table.evicted).toBe(90);
  });

  it('does not count those that had been idle long enough to be full', () => {
    const table = new BucketTable<'requests'>(10);
    for (let index = 0; index < 100; index += 1) {
      table.open(`subject-${index}`, RATES, index * 1000).pay('requests', 1);
    }
    expect(table.evicted).toBe(0);
  });

  it('keeps whoever comes again while others pass by', () => {
    const table = new BucketTable<'requests'>(10);
    table.open('flood', RATES, 0).pay('requests', 50);
    for (let index = 0; index < 100; index += 1) {
      table.open(`subject-${index}`, RATES, 0);
      expect(table.open('flood', RATES, 0).remaining('requests')).toBe(0);
    }
  });

  it('equals one bucket for each subject while there is room for all', () => {
    const steps = fc.array(
      fc.record({
        subject: fc.constantFrom('a', 'b', 'c', 'd'),
        waitMs: fc.nat({ max: 3000 }),
        cost: fc.nat({ max: 3 }),
      }),
    );
    fc.assert(
      fc.property(steps, (taken) => {
        const table = new BucketTable<'requests'>(8);
        const plain = new Map<string, Bucket<'requests'>>();
        let now = 0;
        for (const { subject, waitMs, cost } of taken) {
          now += waitMs;
          const twin = plain.get(subject) ?? new Bucket(RATES, now);
          plain.set(subject, twin);
          twin.refill(RATES, now);
          const bucket = table.open(subject, RATES, now);
          expect(bucket.waitMs('requests', cost)).toBe(twin.waitMs('requests', cost));
          bucket.pay('requests', cost);
          twin.pay('requests', cost);
        }
        expect(table.evicted).toBe(0);
      }),
    );
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('of %s is %s', (address, network) => expect(networkOf(address)).toBe(network));

  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['192.0.2.7', false],
    ['2001:db8::1', false],
  ])('the machine itself: %s is %s', (address, own) => expect(isOwnMachine(address)).toBe(own));
});
