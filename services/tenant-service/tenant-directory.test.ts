import type { Database } from '@tocsin/database/database.ts';
import { openTestDatabase, type TestDatabase } from '@tocsin/database/testing/test-database.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ANSWER_MS_MAX, KNOWN_TENANT_MS_MAX, openTenantDirectory } from './tenant-directory.ts';

const acme = parseTenantId('acme-corp');

let db: TestDatabase;
let clock: ManualClock;
let outage: 'none' | 'down' | 'slow' | 'bug';
let questions: number;
let faulty: Database;

beforeAll(async () => {
  db = await openTestDatabase();
  await db.database.inPlatform((tx) =>
    tx
      .insertInto('tenants')
      .values({
        tenant_id: acme,
        name: 'ACME',
        retention_days: 90,
        data_residency: 'us-east',
        created_by: 'test',
        modified_by: 'test',
      })
      .execute(),
  );
});
afterAll(() => db.drop());
beforeEach(() => {
  clock = new ManualClock();
  outage = 'none';
  questions = 0;
  faulty = {
    inTenant: (tenant, work) => db.database.inTenant(tenant, work),
    ping: () => db.database.ping(),
    close: () => db.database.close(),
    inPlatform: async (work) => {
      questions += 1;
      if (outage === 'down') throw new Problem('unavailable');
      if (outage === 'bug') throw new TypeError('a bug');
      if (outage === 'slow') await new Promise(() => undefined);
      return db.database.inPlatform(work);
    },
  };
});

const open = () => openTenantDirectory(faulty, { ...systemWorld(), clock });

async function setStatus(status: 'active' | 'suspended'): Promise<void> {
  await db.database.inPlatform((tx) => tx.updateTable('tenants').set({ status }).execute());
}

describe('the tenant directory', () => {
  it('says the present status', async () => {
    const directory = open();
    expect(await directory.find(acme)).toMatchObject({ status: 'active' });
    await setStatus('suspended');
    expect(await directory.find(acme)).toMatchObject({ status: 'suspended' });
    await setStatus('active');
  });

  it('does not know a tenant that was never created', async () => {
    expect(await open().find(parseTenantId('no-such-corp'))).toBeUndefined();
  });

  it('asks once for requests that come together', async () => {
    const directory = open();
    await Promise.all(Array.from({ length: 20 }, () => directory.find(acme)));
    expect(questions).toBe(1);
  });

  it('answers what it read last while PostgreSQL is down, for a day', async () => {
    const directory = open();
    await directory.find(acme);
    outage = 'down';
    expect(await directory.find(acme)).toMatchObject({ status: 'active' });
    await clock.advance(KNOWN_TENANT_MS_MAX + 1);
    await expect(directory.find(acme)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('answers what it read last when PostgreSQL takes more than a second', async () => {
    const directory = open();
    await directory.find(acme);
    outage = 'slow';
    const found = directory.find(acme);
    await clock.advance(ANSWER_MS_MAX);
    expect(await found).toMatchObject({ status: 'active' });
  });

  it('lets in nobody it does not know while PostgreSQL is down', async () => {
    outage = 'down';
    await expect(open().find(acme)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('does not cover up a bug', async () => {
    const directory = open();
    await directory.find(acme);
    outage = 'bug';
    await expect(directory.find(acme)).rejects.toThrow(TypeError);
  });
});
