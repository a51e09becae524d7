import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Belongings, settle } from './belongings.ts';
import { callersOf } from './callers.ts';
import { foreignRequests, SPARE_TENANT } from './foreign-requests.ts';
import { type House, openHouse } from './house.ts';
import { judge } from './judge.ts';
import { MemoryWatch } from './memory-watch.ts';
import { OPERATIONS } from './operations.ts';
import { snapshotOf } from './snapshot.ts';

/** How many requests at least; `make isolation` asks for 100,000. */
const REQUESTS_MIN = Number(process.env['TOCSIN_ISOLATION_REQUESTS'] ?? 10_000);
const SEED = Number(process.env['TOCSIN_ISOLATION_SEED'] ?? 20_261_123);
const FAULTS_SHOWN = 10;
/** Ten minutes for each 20,000: other work may run beside. */
const TIMEOUT_MS = 600_000 * Math.max(1, REQUESTS_MIN / 20_000);
/** How much more may be kept at the end than after the first operations. */
const GROWN_MIB_MAX = 64;
const LOOK_EVERY = 20;

let house: House;
let acme: Belongings;
let globex: Belongings;
let sent = 0;
let logged = 0;
const leaks: string[] = [];
const memory = new MemoryWatch();
const covered = new Set<string>();

beforeAll(async () => {
  house = await openHouse();
  acme = await settle(house, 'acme-corp', 'kanarie-acme-4b1d');
  globex = await settle(house, 'globex', 'kanarie-globex-7f3a');
  await settle(house, SPARE_TENANT, 'kanarie-initech-90cc');
}, TIMEOUT_MS);
afterAll(() => house?.close());

/** Every operation times every caller of one tenant, with the other's ids; gives what was wrong. */
async function askEverything(home: Belongings, other: Belongings): Promise<string[]> {
  const callers = await callersOf(house, home, other);
  const each = Math.ceil(REQUESTS_MIN / 2 / (callers.length * OPERATIONS.length));
  const faults: string[] = [];
  for (const [index, operation] of OPERATIONS.entries()) {
    const seed = SEED + index * 1000;
    for (const [number, caller] of callers.entries()) {
      const strangers = caller.tenant === undefined ? [home, other] : [other];
      for (const request of foreignRequests(operation, other, each, seed + number)) {
        const fault = await judge(house, operation, request, caller, strangers);
        if (fault !== undefined) faults.push(fault);
        sent += 1;
      }
    }
    covered.add(operation.id);
    searchTraces();
    if (index % LOOK_EVERY === 0) memory.look();
  }
  return faults.slice(0, FAULTS_SHOWN);
}

/** Looks for canaries in what was logged and sent to the bus since the last time. */
function searchTraces(): void {
  const lines = house.takeLog();
  logged += lines.length;
  for (const line of lines) {
    if ([acme, globex].some(({ canary }) => line.includes(canary))) leaks.push(line);
  }
  for (const { tenantId, body } of house.takeFrames()) {
    const foreign = [acme, globex].filter(({ tenant }) => tenant !== tenantId);
    const bytes = Buffer.from(body);
    if (foreign.some(({ canary }) => bytes.includes(canary))) leaks.push(`a frame of ${tenantId}`);
  }
}

describe('every route with another tenant’s ids wherever an id fits (X-09, A-031)', () => {
  it(
    'answers each caller as the API document says, and shows and changes nothing of the other',
    async () => {
      for (const [home, other] of [
        [acme, globex],
        [globex, acme],
      ] as const) {
        const before = await snapshotOf(house, other.tenant);
        expect(await askEverything(home, other)).toEqual([]);
        expect(await snapshotOf(house, other.tenant)).toEqual(before);
      }
    },
    TIMEOUT_MS,
  );

  it(`was asked at least ${REQUESTS_MIN} times, each operation of the gateway`, () => {
    expect(sent).toBeGreaterThanOrEqual(REQUESTS_MIN);
    expect(covered.size).toBe(OPERATIONS.length);
  });

  it('has written no canary to the log, to measurements, or to the bus of another tenant', async () => {
    searchTraces();
    expect(leaks.slice(0, 3)).toEqual([]);
    expect(logged).toBeGreaterThan(0);
    const metrics = await house.metricsText();
    for (const { canary } of [acme, globex]) expect(metrics).not.toContain(canary);
  });

  it('keeps no more memory for it', () => {
    memory.print(`${sent} requests as others`);
    expect(memory.grownMib).toBeLessThan(GROWN_MIB_MAX);
  });
});
