import { Bucket } from '@tocsin/limits/bucket.ts';
import { Rates } from '@tocsin/limits/rates.ts';
import { describe, expect, it } from 'vitest';
import { FairQueue, type Supply } from './fair-queue.ts';

/** Figures of one machine: what the pipeline does a second, and what it takes ahead of its work. */
const CAPACITY_BYTES_PER_MS = 16_000;
const BATCH_BYTES = 512 * 1024;
const IN_FLIGHT_BYTES = 512 * 1024;
/** Ten tenants use three quarters of it. */
const TENANTS = Array.from({ length: 10 }, (_, index) => `tenant-${index}`);
const QUOTA_BYTES_PER_MS = (0.75 * CAPACITY_BYTES_PER_MS) / TENANTS.length;
const DURATION_MS = 60_000;

interface Frame {
  readonly tenant: string;
  readonly at: number;
  readonly bytes: number;
}

class Arrived implements Supply<Frame> {
  readonly tenantId: string;
  readonly frames: Frame[] = [];
  #taken = 0;

  constructor(tenantId: string) {
    this.tenantId = tenantId;
  }

  peek(): Frame | undefined {
    return this.frames[this.#taken];
  }

  take(): void {
    this.#taken += 1;
  }
}

/** A generator that gives the same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Frames of one tenant in random sizes at random times, at a mean rate. */
function framesOf(tenant: string, bytesPerMs: number, random: () => number): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < DURATION_MS; ) {
    const bytes = Math.round(16 * 1024 + random() * (496 * 1024));
    at += (-Math.log(1 - random()) * bytes) / bytesPerMs;
    frames.push({ tenant, at, bytes });
  }
  return frames;
}

/** Delays in milliseconds from arrival to the end of the work, by tenant, through the bus and its reader. */
function simulate(arrivals: readonly Frame[], fair: boolean): Map<string, number[]> {
  const queue = new FairQueue<Frame>(({ bytes }) => bytes);
  const supplies = new Map<string, Arrived>();
  const delays = new Map<string, number[]>();
  const inOrder = [...arrivals].sort((a, b) => a.at - b.at);
  let next = 0;
  let now = 0;
  let inFlight: Frame[] = [];
  const arrive = (): void => {
    for (let frame = inOrder[next]; frame !== undefined && frame.at <= now; frame = inOrder[next]) {
      const lane = fair ? frame.tenant : 'all';
      const supply = supplies.get(lane) ?? new Arrived(lane);
      supplies.set(lane, supply);
      supply.frames.push(frame);
      queue.wake(supply);
      next += 1;
    }
  };
  const send = (): void => {
    for (;;) {
      const bytes = inFlight.reduce((sum, frame) => sum + frame.bytes, 0);
      if (bytes > IN_FLIGHT_BYTES) return;
      const batch = queue.take(BATCH_BYTES);
      if (batch.length === 0) return;
      inFlight.push(...batch);
    }
  };
  while (now < DURATION_MS) {
    arrive();
    send();
    const [frame] = inFlight;
    if (frame === undefined) {
      const upcoming = inOrder[next];
      if (upcoming === undefined) break;
      now = upcoming.at;
      continue;
    }
    now += frame.bytes / CAPACITY_BYTES_PER_MS;
    inFlight = inFlight.slice(1);
    const mine = delays.get(frame.tenant) ?? [];
    mine.push(now - frame.at);
    delays.set(frame.tenant, mine);
  }
  return delays;
}

function p99(delays: Map<string, number[]>): number {
  const others = [...delays].filter(([tenant]) => tenant !== TENANTS[0]).flatMap(([, all]) => all);
  others.sort((a, b) => a - b);
  return others[Math.floor(others.length * 0.99)] ?? Number.NaN;
}

function load(seed: number, factorOfFirst: number): Frame[] {
  return TENANTS.flatMap((tenant, index) => {
    const factor = index === 0 ? factorOfFirst : 1;
    return framesOf(tenant, QUOTA_BYTES_PER_MS * factor, randomOf(seed * 100 + index));
  });
}

/** What a door with quotas lets in: a frame that finds no tokens is refused and does not come again. */
function admitted(arrivals: readonly Frame[]): Frame[] {
  const perSecond = QUOTA_BYTES_PER_MS * 1000;
  const rates = new Rates({ bytes: { perSecond, burst: perSecond / 10 } });
  const buckets = new Map(TENANTS.map((tenant) => [tenant, new Bucket(rates, 0)]));
  return arrivals.filter(({ tenant, at, bytes }) => {
    const bucket = tenant === TENANTS[0] ? buckets.get(tenant) : undefined;
    if (bucket === undefined) return true;
    bucket.refill(rates, at);
    if (bucket.waitMs('bytes', bytes) > 0) return false;
    bucket.pay('bytes', bytes);
    return true;
  });
}

describe('while one tenant sends ten times its quota', () => {
  const seeds = [1, 2, 3, 4, 5];

  it.each(seeds)('the p99 delay of the others at most doubles (seed %i)', (seed) => {
    const quiet = p99(simulate(load(seed, 1), true));
    expect(p99(simulate(admitted(load(seed, 10)), true))).toBeLessThanOrEqual(2 * quiet);
  });

  it.each(seeds)('it at most triples even with no quota at the door (seed %i)', (seed) => {
    const quiet = p99(simulate(load(seed, 1), true));
    expect(p99(simulate(load(seed, 10), true))).toBeLessThanOrEqual(3 * quiet);
  });

  it('it would have no end if who comes first were served first', () => {
    const quiet = p99(simulate(load(1, 1), false));
    expect(p99(simulate(load(1, 10), false))).toBeGreaterThan(50 * quiet);
  });
});
