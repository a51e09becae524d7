import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bucket, DEBT_SECONDS_MAX } from './bucket.ts';
import { Rates } from './rates.ts';

const RATES = new Rates({ events: { perSecond: 1000, burst: 5000 } });

describe('Bucket', () => {
  it('lets a burst pass and then the rate', () => {
    const bucket = new Bucket(RATES, 0);
    expect(bucket.waitMs('events', 5000)).toBe(0);
    bucket.pay('events', 5000);
    expect(bucket.waitMs('events', 1)).toBe(1);
    bucket.refill(RATES, 250);
    expect(bucket.remaining('events')).toBe(250);
    expect(bucket.waitMs('events', 251)).toBe(1);
  });

  it('lets pass what is larger than the burst when it is full, and has it paid back', () => {
    const bucket = new Bucket(RATES, 0);
    expect(bucket.waitMs('events', 20_000)).toBe(0);
    bucket.pay('events', 20_000);
    expect(bucket.waitMs('events', 1)).toBe(15_001);
    expect(bucket.waitMs('events', 20_000)).toBe(20_000);
    expect(bucket.remaining('events')).toBe(0);
    expect(bucket.fullAfterMs('events')).toBe(20_000);
  });

  it('owes at most a minute', () => {
    const bucket = new Bucket(RATES, 0);
    bucket.pay('events', 1e12);
    expect(bucket.waitMs('events', 0)).toBe(DEBT_SECONDS_MAX * 1000);
  });

  it('takes time that goes backward for no time', () => {
    const bucket = new Bucket(RATES, 10_000);
    bucket.pay('events', 5000);
    bucket.refill(RATES, 0);
    expect(bucket.remaining('events')).toBe(0);
    bucket.refill(RATES, 10_001);
    expect(bucket.remaining('events')).toBe(1);
  });

  it('follows new rates from the moment they are known', () => {
    const bucket = new Bucket(RATES, 0);
    const smaller = new Rates({ events: { perSecond: 10, burst: 100 } });
    bucket.refill(smaller, 0);
    expect(bucket.remaining('events')).toBe(100);
    bucket.pay('events', 100);
    bucket.refill(smaller, 1000);
    expect(bucket.remaining('events')).toBe(10);
  });

  it('equals a twin that adds tokens millisecond by millisecond', () => {
    const step = fc.record({
      waitMs: fc.nat({ max: 300 }),
      name: fc.constantFrom('events' as const, 'bytes' as const),
      cost: fc.nat({ max: 4000 }),
      always: fc.boolean(),
    });
    const shape = {
      perMs: fc.integer({ min: 1, max: 20 }),
      burst: fc.integer({ min: 1, max: 900 }),
    };
    fc.assert(
      fc.property(
        fc.record(shape),
        fc.record(shape),
        fc.array(step, { maxLength: 60 }),
        (events, bytes, steps) => {
          const rates = new Rates({ events: rateOf(events), bytes: rateOf(bytes) });
          const twins = { events: new Twin(events), bytes: new Twin(bytes) };
          const bucket = new Bucket(rates, 0);
          let now = 0;
          for (const { waitMs, name, cost, always } of steps) {
            now += waitMs;
            bucket.refill(rates, now);
            for (const twin of Object.values(twins)) twin.wait(waitMs);
            const free = bucket.waitMs(name, cost) === 0;
            expect(free).toBe(twins[name].allows(cost));
            if (!free && !always) continue;
            bucket.pay(name, cost);
            twins[name].tokens = Math.max(
              -DEBT_SECONDS_MAX * 1000 * twins[name].perMs,
              twins[name].tokens - cost,
            );
            expect(bucket.remaining(name)).toBe(Math.max(0, twins[name].tokens));
          }
        },
      ),
    );
  });

  it('never lets more pass than the burst and the rate over any time, up to one overdraft', () => {
    const costs = fc.array(fc.tuple(fc.nat({ max: 50 }), fc.integer({ min: 1, max: 500 })));
    fc.assert(
      fc.property(costs, (requests) => {
        const rates = new Rates({ events: { perSecond: 1000, burst: 200 } });
        const bucket = new Bucket(rates, 0);
        let now = 0;
        let passed = 0;
        for (const [waitMs, cost] of requests) {
          now += waitMs;
          bucket.refill(rates, now);
          if (bucket.waitMs('events', cost) > 0) continue;
          bucket.pay('events', cost);
          passed += cost;
          expect(passed).toBeLessThanOrEqual(200 + now + 500);
        }
      }),
    );
  });
});

function rateOf({ perMs, burst }: { perMs: number; burst: number }) {
  return { perSecond: perMs * 1000, burst };
}

/** The plain form: whole tokens, one step a millisecond. */
class Twin {
  tokens: number;
  readonly perMs: number;
  readonly burst: number;

  constructor({ perMs, burst }: { perMs: number; burst: number }) {
    this.perMs = perMs;
    this.burst = burst;
    this.tokens = burst;
  }

  wait(ms: number): void {
    for (let left = ms; left > 0; left -= 1)
      this.tokens = Math.min(this.burst, this.tokens + this.perMs);
  }

  allows(cost: number): boolean {
    return this.tokens >= Math.min(cost, this.burst);
  }
}
