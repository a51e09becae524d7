import { wholeDocument } from '@tocsin/http/openapi-whole.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Belongings, settle } from './belongings.ts';
import { callersOf, headersOf } from './callers.ts';
import { foreignRequests } from './foreign-requests.ts';
import { type House, openHouse } from './house.ts';
import { judge } from './judge.ts';
import { operationsOf } from './operations.ts';
import { snapshotOf } from './snapshot.ts';

const EACH = 10;
const SEED = Number(process.env['TOCSIN_ISOLATION_SEED'] ?? 20_261_123);
const TIMEOUT_MS = 120_000;

let house: House;
let acme: Belongings;
let globex: Belongings;

beforeAll(async () => {
  house = await openHouse();
  acme = await settle(house, 'acme-corp', 'kanarie-acme-4b1d');
  globex = await settle(house, 'globex', 'kanarie-globex-7f3a');
}, TIMEOUT_MS);
afterAll(() => house?.close());

describe('every route of the ports for older clients', () => {
  it(
    'lets in whom the gateway would, and shows and changes nothing of the other tenant',
    async () => {
      const before = await snapshotOf(house, globex.tenant);
      // These clients know no X-Tenant-ID: the tenant is the token's.
      const callers = (await callersOf(house, acme, globex)).filter(
        ({ name }) => name !== 'tenant_admin without a tenant',
      );
      const faults: string[] = [];
      let sent = 0;
      for (const { routes, server } of house.compat) {
        const document = wholeDocument('0', [{ process: 'compat', routes }]);
        const operations = operationsOf(document as unknown as Parameters<typeof operationsOf>[0]);
        for (const [index, operation] of operations.entries()) {
          for (const [number, caller] of callers.entries()) {
            const strangers = caller.tenant === undefined ? [acme, globex] : [globex];
            const seed = SEED + index * 100 + number;
            for (const request of foreignRequests(operation, globex, EACH, seed)) {
              const fault = await judge({ server }, operation, request, caller, strangers);
              if (fault !== undefined) faults.push(fault);
              sent += 1;
            }
          }
        }
      }
      expect(faults.slice(0, 5)).toEqual([]);
      expect(sent).toBeGreaterThan(1_000);
      expect(await snapshotOf(house, globex.tenant)).toEqual(before);
    },
    TIMEOUT_MS,
  );

  it('takes a token without X-Tenant-ID for its own tenant', async () => {
    const { authorization = '' } = await headersOf(house.issuer, 'tenant_admin', acme.tenant);
    const alerts = house.compat.at(-1)?.server.app;
    const answer = await alerts?.inject({ url: '/alerts', headers: { authorization } });
    expect(answer?.statusCode).toBe(200);
    for (const id of acme.ids['alert'] ?? []) expect(answer?.payload).toContain(id);
    for (const id of globex.ids['alert'] ?? []) expect(answer?.payload).not.toContain(id);
  });
});
