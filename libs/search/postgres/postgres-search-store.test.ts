import { openTestDatabase, type TestDatabase } from '@tocsin/database/testing/test-database.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { otherTenant, tenant } from '../conformance/laboratory.ts';
import { describeSearchStore } from '../conformance.ts';
import { foldCase } from '../fold-case.ts';
import type { Document } from '../search-store.ts';
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

describeSearchStore({
  name: 'PostgresSearchStore, which asks the index of words first,',
  collection: 'alerts',
  open: async ({ folder, clock }) =>
    new PostgresSearchStore((await databaseAt(`${folder}/words`)).database, clock, {
      ...{
        firstRows: 1,
        rows: 1_000_000,
        textRows: 1_000_000,
        likeRows: 1_000_000,
        likeMs: 10_000,
      },
    }),
  load: async ({ folder }, owner, documents) =>
    insertAlerts((await databaseAt(`${folder}/words`)).database, owner, documents),
});

/** An alert in the second of its number. */
function numbered(index: number, change: object = {}): Document {
  const at = new Date(Date.UTC(2026, 0, 3) + index * 1000).toISOString();
  return {
    ...{
      tenant_id: tenant.tenantId,
      alert_id: crypto.randomUUID(),
      rule_id: 'r',
      rule_name: 'Rule',
    },
    ...{ severity: 5, status: 'new', title: `Alert ${index}`, description: '', category: 'auth' },
    ...{
      first_event_at: at,
      last_event_at: at,
      event_count: index,
      src_ips: [],
      hosts: [],
      tags: [],
    },
    ...{ storm: false, ...change },
  };
}

describe('PostgresSearchStore', () => {
  it('looks at a bounded number of rows for a page, and the next one goes on there', async () => {
    const { database } = await databaseAt('bounded');
    const documents = Array.from({ length: 50 }, (_, index) => numbered(index));
    await insertAlerts(database, tenant, documents);
    const limits = { firstRows: 2, rows: 10, textRows: 10, likeRows: 3, likeMs: 10_000 };
    const store = new PostgresSearchStore(database, new ManualClock(), limits);
    for (const [text, expected, pages] of [
      ['event_count < 3', 3, 6],
      ['title:alert and event_count < 3', 3, 6],
      ['severity:5 and event_count < 3', 3, 6],
      ['title:"alert 33"', 1, 1],
      ['title:nothere', 0, 1],
      ['severity:6', 0, 1],
    ] as const) {
      const found: unknown[] = [];
      let asked = 0;
      let cursor: string | undefined;
      do {
        const request = { collection: 'alerts' as const, range: ALL_TIME, limit: 5 };
        const page = await store.search(tenant, {
          ...request,
          query: parseQuery(text),
          ...(cursor === undefined ? {} : { cursor }),
        });
        found.push(...page.items.map((item) => item['title']));
        cursor = page.nextCursor;
        asked += 1;
      } while (cursor !== undefined);
      expect([text, found.length, asked]).toEqual([text, expected, pages]);
      expect(new Set(found).size).toBe(expected);
    }
  });

  it('finds words and names that were changed since, and none of another tenant', async () => {
    const { database } = await databaseAt('changed');
    await insertAlerts(database, tenant, [numbered(1, { title: 'before', hosts: ['h-Änne'] })]);
    await insertAlerts(database, otherTenant, [
      numbered(2, { tenant_id: otherTenant.tenantId, title: 'theirs', hosts: ['h-theirs'] }),
    ]);
    const limits = { firstRows: 1, rows: 1, textRows: 1, likeRows: 10, likeMs: 10_000 };
    const store = new PostgresSearchStore(database, new ManualClock(), limits);
    const count = async (text: string) => {
      const request = { collection: 'alerts' as const, range: ALL_TIME, limit: 5 };
      return (await store.search(tenant, { ...request, query: parseQuery(text) })).items.length;
    };
    await database.inTenant(tenant, (tx) =>
      sql`update alerts set title = 'after', hosts = '{h-new}'`.execute(tx),
    );
    const ids = await database.inTenant(tenant, async (tx) => {
      const like = sql<{
        id: string;
      }>`select alerts_like(array['%h-%'], array['hosts:h-theirs'], 10) as id`;
      return (await like.execute(tx)).rows;
    });
    expect(ids).toHaveLength(1);
    expect(
      await Promise.all(['before', 'after', 'hosts:h-Änne', 'hosts:H-NEW'].map(count)),
    ).toEqual([0, 1, 0, 1]);
  });

  it('walks where the index of words takes too long', async () => {
    const { database } = await databaseAt('slow-words');
    const documents = Array.from({ length: 3000 }, (_, index) => numbered(index));
    await insertAlerts(database, tenant, documents);
    const limits = { firstRows: 1, rows: 5000, textRows: 5000, likeRows: 5000, likeMs: 1 };
    const store = new PostgresSearchStore(database, new ManualClock(), limits);
    const request = { collection: 'alerts' as const, range: ALL_TIME, limit: 5 };
    const page = await store.search(tenant, { ...request, query: parseQuery('"alert 123"') });
    expect(page.items).toHaveLength(5);
  });

  it('stores and finds names longer than an index takes', async () => {
    const { database } = await databaseAt('long');
    // Random, so that nothing is compressed.
    const host = Array.from({ length: 1024 }, (_, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
    ).join('');
    const actor = { type: 'user', id: host, name: host };
    const names = {
      hosts: [host],
      tags: [`${host}b`],
      actor,
      rule_id: host.slice(0, 256),
      assignee: host.slice(0, 200),
    };
    await insertAlerts(database, tenant, [numbered(1, names)]);
    const byActor = {
      ...{ collection: 'alerts' as const, range: ALL_TIME, limit: 5 },
      query: parseQuery(`actor.id:${host}`),
    };
    expect(
      (await new PostgresSearchStore(database, new ManualClock()).search(tenant, byActor)).items,
    ).toHaveLength(1);
    const limits = { firstRows: 1, rows: 1, textRows: 1, likeRows: 10, likeMs: 10_000 };
    const store = new PostgresSearchStore(database, new ManualClock(), limits);
    const request = { collection: 'alerts' as const, range: ALL_TIME, limit: 5 };
    const query = parseQuery(`hosts:${host}`);
    expect((await store.search(tenant, { ...request, query })).items).toHaveLength(1);
    const longer = parseQuery(`hosts:${host}b`);
    expect((await store.search(tenant, { ...request, query: longer })).items).toHaveLength(0);
  });

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
