import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Belongings, settle } from './belongings.ts';
import { callersOf } from './callers.ts';
import { foreignRequests, SPARE_TENANT } from './foreign-requests.ts';
import { type House, openHouse } from './house.ts';
import { judge } from './judge.ts';
import { OPERATIONS } from './operations.ts';
import { snapshotOf } from './snapshot.ts';

/** How many requests at least; `make isolation` asks for 100,000. */
const REQUESTS_MIN = Number(process.env['TOCSIN_ISOLATION_REQUESTS'] ?? 10_000);
const SEED = Number(process.env['TOCSIN_ISOLATION_SEED'] ?? 20_261_123);
const FAULTS_SHOWN = 10;
const TIMEOUT_MS = 600_000;

let house: House;
let acme: Belongings;
let globex: Belongings;
let sent = 0;
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
  }
  return faults.slice(0, FAULTS_SHOWN);
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
    const canaries = [acme.canary, globex.canary];
    const lines = house.logLines.filter((line) => canaries.some((one) => line.includes(one)));
    expect(lines.slice(0, 3)).toEqual([]);
    expect(house.logLines.length).toBeGreaterThan(0);
    const metrics = await house.metricsText();
    for (const canary of canaries) expect(metrics).not.toContain(canary);
    for (const { tenantId, body } of house.frames) {
      const foreign = [acme, globex].filter(({ tenant }) => tenant !== tenantId);
      for (const { canary } of foreign) expect(Buffer.from(body).includes(canary)).toBe(false);
    }
  });
});
