import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Belongings, settle } from './belongings.ts';
import { headersOf } from './callers.ts';
import { SPARE_TENANT } from './foreign-requests.ts';
import { type HostileRequest, hostileRequests } from './hostile-requests.ts';
import { type House, openHouse } from './house.ts';
import { badProblem } from './judge.ts';
import { MemoryWatch } from './memory-watch.ts';
import { OPERATIONS } from './operations.ts';

/** How many requests at least; `make isolation` asks for 20,000. */
const REQUESTS_MIN = Number(process.env['TOCSIN_HOSTILE_REQUESTS'] ?? 5_000);
const SEED = Number(process.env['TOCSIN_ISOLATION_SEED'] ?? 20_261_123);
const FAULTS_SHOWN = 10;
/** Ten minutes for each 5,000: other work may run beside. */
const TIMEOUT_MS = 600_000 * Math.max(1, REQUESTS_MIN / 5_000);
/** How much more may be kept at the end than after the first operations. */
const GROWN_MIB_MAX = 64;
const LOOK_EVERY = 20;

let house: House;
let acme: Belongings;

beforeAll(async () => {
  house = await openHouse();
  acme = await settle(house, 'acme-corp', 'kanarie-acme-4b1d');
  await settle(house, SPARE_TENANT, 'kanarie-initech-90cc');
}, TIMEOUT_MS);
afterAll(() => house?.close());

/** Sends a request; gives what is wrong with the answer, in words. */
async function faultOf(
  { method, url, headers, payload, isInvalid }: HostileRequest,
  who: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const answer = await house.server.app.inject({
    method,
    url,
    headers: { ...headers, ...who },
    ...(payload === undefined ? {} : { payload }),
  });
  const { statusCode } = answer;
  const isTaken = isInvalid && statusCode < 400;
  const fault = isTaken ? 'was taken although the document forbids it' : badProblem(answer);
  if (statusCode < 500 && fault === undefined) return undefined;
  const sent = `${method} ${url} ${JSON.stringify(headers)} ${(payload ?? '').slice(0, 300)}`;
  return `${fault ?? 'is a fault of the server'}\n  ${sent}\n  ${statusCode} ${answer.payload.slice(0, 300)}`;
}

describe('hostile input to every route', () => {
  it(
    `is never a fault of the server, and what the document forbids is refused (${REQUESTS_MIN} requests)`,
    async () => {
      const ids = Object.values(acme.ids).flat();
      const admin = await headersOf(house.issuer, 'tenant_admin', acme.tenant);
      const platform = await headersOf(house.issuer, 'platform_admin');
      const each = Math.ceil(REQUESTS_MIN / OPERATIONS.length);
      const faults: string[] = [];
      const memory = new MemoryWatch();
      let invalid = 0;
      for (const [index, operation] of OPERATIONS.entries()) {
        const who = operation.scope === 'platform' ? platform : admin;
        for (const request of hostileRequests(operation, ids, each, SEED + index)) {
          if (request.isInvalid) invalid += 1;
          const fault = await faultOf(request, who);
          if (fault !== undefined) faults.push(`${operation.id}: ${fault}`);
        }
        house.takeLog();
        house.takeFrames();
        if (index % LOOK_EVERY === 0) memory.look();
      }
      expect(faults.slice(0, FAULTS_SHOWN)).toEqual([]);
      expect(invalid).toBeGreaterThan(REQUESTS_MIN / 10);
      memory.print(`${each * OPERATIONS.length} hostile requests, ${invalid} of them invalid`);
      expect(memory.grownMib).toBeLessThan(GROWN_MIB_MAX);
    },
    TIMEOUT_MS,
  );
});
