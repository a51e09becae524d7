import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase, testTenant } from './testing/test-database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.drop());

describe('PostgresDatabase', () => {
  it('answers a ping', async () => {
    await expect(db.database.ping()).resolves.toBeUndefined();
  });

  it('shows a tenant its own rows only', async () => {
    const row = {
      actor: 'a',
      action: 'x',
      object_type: 't',
      object_id: '1',
      request_id: 'r',
      before: 'null',
      after: '{}',
    };
    await db.database.inTenant(testTenant('acme-corp'), (tx) =>
      tx
        .insertInto('audit_log')
        .values({ tenant_id: 'acme-corp', ...row })
        .execute(),
    );
    const count = (tenant: string) =>
      db.database.inTenant(testTenant(tenant), (tx) =>
        tx.selectFrom('audit_log').selectAll().execute(),
      );
    expect(await count('acme-corp')).toHaveLength(1);
    expect(await count('other-corp')).toHaveLength(0);
  });
});
