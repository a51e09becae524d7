import { openTestDatabase, type TestDatabase } from '@tocsin/database/testing/test-database.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { tenant } from '../conformance/laboratory.ts';
import { describeSearchStore } from '../conformance.ts';
import { foldCase } from '../fold-case.ts';
import { ALL_TIME } from '../search-store.ts';
import { insertAlerts } from './insert-alerts.ts';
import { PostgresSearchStore } from './postgres-search-store.ts';

const databases = new Map<string, TestDatabase>();

async function databaseAt(folder: string): Promise<TestDatabase> {
  const known = databases.get(folder) ?? (await openTestDatabase());
  databases.set(folder, known);
  return known;
}

afterAll(async () => {
  for (const { drop } of databases.values()) await drop();
});

describeSearchStore({
  name: 'PostgresSearchStore',
  collection: 'alerts',
  open: async ({ folder, clock }) =>
    new PostgresSearchStore((await databaseAt(folder)).database, clock),
  load: async ({ folder }, owner, documents) =>
    insertAlerts((await databaseAt(folder)).database, owner, documents),
});

describe('PostgresSearchStore', () => {
  it('ends a search that takes longer than its deadline', async () => {
    const { database } = await databaseAt('deadline');
    await insertAlerts(database, tenant, []);
    const store = new PostgresSearchStore(database, new ManualClock());
    const request = {
      collection: 'alerts' as const,
      query: parseQuery('title:a*b*c'),
      range: ALL_TIME,
      limit: 5,
    };
    await database.inTenant(tenant, async (tx) => {
      await sql`insert into tenant_data.alerts (
          tenant_id, alert_id, revision, rule_id, rule_name, rule_version, severity, title, description, category,
          repeat_key, first_event_at, last_event_at, event_count, total, created_at, updated_at, created_by, modified_by)
        select ${tenant.tenantId}, gen_random_uuid(), 1, 'r', 'r', 1, 1, repeat('ab', 20000), '', 'ops', '', now(), now(),
          1, 1, now(), now(), 'test', 'test' from generate_series(1, 100)`.execute(tx);
    });
    await expect(store.search(tenant, { ...request, deadlineMs: 1 })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
  });

  it('folds case as the query does, on every letter of the basic plane', async () => {
    const { database } = await databaseAt('fold');
    const lowered = await database.inTenant(tenant, async (tx) => {
      const { rows } = await sql<{ code: number; letter: string }>`
        select code, lower(chr(code)) as letter from generate_series(1, 65535) as code
        where code not between 55296 and 57343`.execute(tx);
      return rows;
    });
    const differing = lowered.filter(
      ({ code, letter }) => foldCase(String.fromCodePoint(code)) !== letter,
    );
    // Capital letters of Unicode 16 and later, newer than the server's tables.
    expect(
      differing.filter(({ code }) => code !== 0x1c89 && (code < 0xa7cb || code > 0xa7dc)),
    ).toEqual([]);
  });
});
