import { isProblem } from '@tocsin/kernel/problem.ts';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeAudit, writePlatformAudit } from './audit.ts';
import { brokenConstraint, sqlStateOf } from './database-problem.ts';
import { openDatabase } from './postgres-database.ts';
import { openTestDatabase, type TestDatabase, testTenant } from './testing/test-database.ts';

const tenant = testTenant('acme-corp');

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase({ connectionsMax: 4 });
});
afterAll(() => db.drop());

async function problemOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isProblem(error)) throw error ?? new Error('nothing was thrown');
  return error;
}

const audited = {
  action: 'note.create',
  objectType: 'note',
  objectId: '1',
  before: null,
  after: { text: 'caf\u00e9' },
  requestId: 'r-1',
};

describe('Database', () => {
  it('answers a ping', async () => {
    await expect(db.database.ping()).resolves.toBeUndefined();
  });

  it('keeps nothing of a transaction whose work throws', async () => {
    const failing = db.database.inTenant(tenant, async (tx) => {
      await writeAudit(tx, tenant, { ...audited, objectId: 'lost' });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const rows = await db.database.inTenant(tenant, (tx) =>
      tx.selectFrom('audit_log').selectAll().where('object_id', '=', 'lost').execute(),
    );
    expect(rows).toEqual([]);
  });

  it('says conflict for a unique key, and which', async () => {
    const insert = () =>
      db.database.inPlatform((tx) =>
        tx
          .insertInto('tenants')
          .values({
            tenant_id: 'twice-corp',
            name: 'Twice',
            retention_days: 1,
            data_residency: 'eu',
            created_by: 'x',
            modified_by: 'x',
          })
          .execute(),
      );
    await insert();
    const problem = await problemOf(insert());
    expect(problem.code).toBe('conflict');
    expect(brokenConstraint(problem)).toBe('tenants_pkey');
  });

  it('says deadline_exceeded past the statement timeout', async () => {
    const impatient = await openDatabase({ urls: db.urls, statementTimeoutMs: 50 });
    try {
      const problem = await problemOf(
        impatient.inTenant(tenant, (tx) => sql`select pg_sleep(5)`.execute(tx)),
      );
      expect(problem.code).toBe('deadline_exceeded');
    } finally {
      await impatient.close();
    }
  });

  it('says invalid_request for a text with NUL', async () => {
    const problem = await problemOf(
      db.database.inTenant(tenant, (tx) =>
        writeAudit(tx, tenant, { ...audited, objectId: 'a\0b' }),
      ),
    );
    expect(problem.code).toBe('invalid_request');
  });

  it('leaves a mistake of ours as it is', async () => {
    const failing = db.database.inTenant(tenant, (tx) => sql`select nonsense`.execute(tx));
    await expect(failing).rejects.toSatisfy((error) => !isProblem(error));
    await failing.catch((error: unknown) => expect(sqlStateOf(error)).toBe('42703'));
  });

  it('repeats a transaction after a deadlock', async () => {
    for (const id of ['left-corp', 'right-corp']) await addTenant(id);
    let runs = 0;
    const turn = (first: string, second: string, meet: Promise<void>, arrived: () => void) =>
      db.database.inPlatform(async (tx) => {
        runs += 1;
        await rename(tx, first);
        arrived();
        await meet;
        await rename(tx, second);
      });
    const left = Promise.withResolvers<void>();
    const right = Promise.withResolvers<void>();
    await Promise.all([
      turn('left-corp', 'right-corp', right.promise, left.resolve),
      turn('right-corp', 'left-corp', left.promise, right.resolve),
    ]);
    expect(runs).toBeGreaterThan(2);
  });

  it('works again after the server ended every connection', async () => {
    await db.database.ping();
    const admin = new pg.Client({ connectionString: db.urls.admin });
    await admin.connect();
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
    const cut = problemOf(
      db.database.inTenant(tenant, async (tx) => {
        await admin.query(kill);
        await sql`select 1`.execute(tx);
      }),
    );
    expect((await cut).code).toBe('unavailable');
    await admin.end();
    await expect(db.database.ping()).resolves.toBeUndefined();
  });

  it('says unavailable, and to try again, when there is no server', async () => {
    const urls = { app: 'postgres://a:b@127.0.0.1:1/x', platform: 'postgres://a:b@127.0.0.1:1/x' };
    const problem = await problemOf(openDatabase({ urls }));
    expect(problem).toMatchObject({ code: 'unavailable', retryable: true });
    expect(problem.detail).not.toContain('127.0.0.1');
  });

  it('does not start with a role that row-level security does not hold', async () => {
    for (const url of [db.urls.admin, db.urls.owner]) {
      const problem = await problemOf(openDatabase({ urls: { ...db.urls, app: url } }));
      expect(problem.detail).toMatch(/row-level security would not hold/);
    }
  });
});

describe('audit rows', () => {
  it('name the actor of the context and keep the object as it was and is', async () => {
    await db.database.inTenant(tenant, (tx) => writeAudit(tx, tenant, audited));
    const row = await db.database.inTenant(tenant, (tx) =>
      tx.selectFrom('audit_log').selectAll().where('request_id', '=', 'r-1').executeTakeFirst(),
    );
    expect(row).toMatchObject({
      actor: 'system:test',
      before: null,
      after: { text: 'caf\u00e9' },
    });
  });

  it('undo the change when they cannot be written', async () => {
    const failing = db.database.inPlatform(async (tx) => {
      await rename(tx, 'left-corp');
      const nobody = { subject: 'x\0y', tenantId: undefined, role: 'platform_admin', expiresAt: 0 };
      await writePlatformAudit(tx, nobody as never, 'left-corp', audited);
    });
    expect((await problemOf(failing)).code).toBe('invalid_request');
  });

  it('are never changed, by whatever role', async () => {
    const admin = new pg.Client({ connectionString: db.urls.admin });
    await admin.connect();
    try {
      for (const table of ['tenant_data.audit_log', 'platform.audit_log']) {
        for (const change of [
          `update ${table} set actor = 'nobody'`,
          `delete from ${table}`,
          `truncate ${table}`,
        ]) {
          await expect(admin.query(change), change).rejects.toMatchObject({ code: '23001' });
        }
      }
    } finally {
      await admin.end();
    }
  });
});

async function addTenant(tenantId: string): Promise<void> {
  await db.database.inPlatform((tx) =>
    tx
      .insertInto('tenants')
      .values({
        tenant_id: tenantId,
        name: tenantId,
        retention_days: 30,
        data_residency: 'eu',
        created_by: 'test',
        modified_by: 'test',
      })
      .execute(),
  );
}

function rename(tx: Parameters<Parameters<typeof db.database.inPlatform>[0]>[0], tenantId: string) {
  return tx
    .updateTable('tenants')
    .set({ name: 'renamed' })
    .where('tenant_id', '=', tenantId)
    .execute();
}
