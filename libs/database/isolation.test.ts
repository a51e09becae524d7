import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeAudit } from './audit.ts';
import type { TenantTransaction } from './database.ts';
import { mixTenants } from './testing/mixed-tenants.ts';
import { openTestDatabase, type TestDatabase, testTenant } from './testing/test-database.ts';

const acme = testTenant('acme-corp');
const other = testTenant('other-corp');
const OUTBOX_ID = '0196f000-0000-7000-8000-000000000001';

let db: TestDatabase;
let app: pg.Client;

beforeAll(async () => {
  db = await openTestDatabase({ connectionsMax: 2 });
  app = new pg.Client({ connectionString: db.urls.app });
  await app.connect();
  for (const tenant of [acme, other]) {
    await db.database.inTenant(tenant, async (tx) => {
      await writeAudit(tx, tenant, change(`canary of ${tenant.tenantId}`));
      await insertOutbox(tx, tenant.tenantId);
    });
  }
});
afterAll(async () => {
  await app.end();
  await db.drop();
});

function change(objectId: string) {
  return {
    action: 'note.create',
    objectType: 'note',
    objectId,
    before: null,
    after: { objectId },
    requestId: '',
  };
}

function insertOutbox(tx: TenantTransaction, tenantId: string) {
  return tx
    .insertInto('outbox')
    .values({
      tenant_id: tenantId,
      outbox_id: OUTBOX_ID,
      topic: 'secplat.events.notify',
      envelope: '{}',
    })
    .execute();
}

/** Runs statements as the app role inside one transaction that is rolled back; gives the last one's rows. */
async function asApp(tenantId: string | undefined, ...statements: string[]): Promise<unknown[]> {
  await app.query('begin');
  try {
    if (tenantId !== undefined) {
      await app.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
    }
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await app.query(statement)).rows;
    return rows;
  } finally {
    await app.query('rollback');
  }
}

describe('row-level security on the real server', () => {
  it('shows a tenant its own rows only', async () => {
    const rows = await db.database.inTenant(acme, (tx) =>
      tx.selectFrom('audit_log').select(['tenant_id', 'object_id']).execute(),
    );
    expect(rows).toEqual([{ tenant_id: 'acme-corp', object_id: 'canary of acme-corp' }]);
  });

  it('shows nothing without a tenant, before and after a transaction that had one', async () => {
    const fresh = new pg.Client({ connectionString: db.urls.app });
    await fresh.connect();
    try {
      const count = async () => (await fresh.query('select * from audit_log')).rowCount;
      expect(await count()).toBe(0);
      await fresh.query('begin');
      await fresh.query(`select set_config('app.tenant', 'acme-corp', true)`);
      expect(await count()).toBe(1);
      await fresh.query('commit');
      expect(await count()).toBe(0);
    } finally {
      await fresh.end();
    }
  });

  it('is in force for the owner of the tables too', async () => {
    const owner = new pg.Client({ connectionString: db.urls.owner });
    await owner.connect();
    try {
      expect((await owner.query('select * from tenant_data.audit_log')).rowCount).toBe(0);
    } finally {
      await owner.end();
    }
  });

  it('refuses a row of another tenant', async () => {
    await expect(
      db.database.inTenant(acme, (tx) => insertOutbox(tx, 'other-corp')),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('deletes and finds nothing of another tenant by its id', async () => {
    const deleted = await db.database.inTenant(acme, (tx) =>
      tx.deleteFrom('outbox').where('tenant_id', '=', 'other-corp').executeTakeFirst(),
    );
    expect(deleted.numDeletedRows).toBe(0n);
  });

  it('lets two tenants use the same id, so an id tells nothing of other tenants', async () => {
    const rows = await db.database.inTenant(other, (tx) =>
      tx.selectFrom('outbox').select('outbox_id').execute(),
    );
    expect(rows).toEqual([{ outbox_id: OUTBOX_ID }]);
  });

  it.each([
    ['turning row-level security off', 'set local row_security = off; select * from audit_log'],
    ['becoming the owner', 'set local role tocsin_owner'],
    ['reading tenants', 'select * from platform.tenants'],
    ['reading outbox heads', 'select * from platform.outbox_heads'],
    ['changing the audit log', `update audit_log set actor = 'nobody'`],
    ['deleting from the audit log', 'delete from audit_log'],
    ['emptying a table', 'truncate outbox'],
    ['dropping a policy', 'drop policy tenant on outbox'],
    ['making a table', 'create table tenant_data.copy as select * from outbox'],
    ['making a temporary table', 'create temporary table copy as select 1'],
    ['copying to a file', `copy audit_log to '/dev/null'`],
    ['calling the definer function', 'select platform.keep_outbox_heads()'],
  ])('refuses the app role %s', async (_name, statement) => {
    await expect(asApp('acme-corp', statement)).rejects.toThrow();
  });

  it('tells nothing by a division that fails on hidden rows', async () => {
    const rows = await asApp(
      'acme-corp',
      `select 1 / (case when tenant_id = 'other-corp' then 0 else 1 end) as one from audit_log`,
    );
    expect(rows).toEqual([{ one: 1 }]);
  });

  it('gives a function of the caller no hidden row, however cheap it claims to be', async () => {
    const admin = new pg.Client({ connectionString: db.urls.admin });
    await admin.connect();
    try {
      await admin.query(`create function public.leak(text) returns boolean language plpgsql cost 0.0000001
        as $$ begin raise exception 'saw %', $1; end $$`);
      await admin.query('grant execute on function public.leak(text) to public');
      await admin.query('grant usage on schema public to public');
      await expect(
        asApp('no-such-corp', 'select * from audit_log where public.leak(object_id)'),
      ).resolves.toEqual([]);
    } finally {
      await admin.end();
    }
  });

  it('gives the platform role no row of any tenant', async () => {
    await expect(
      db.database.inPlatform((tx) => sql`select * from tenant_data.outbox`.execute(tx)),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('shows 64 transactions of 8 tenants over 2 connections no foreign row, though some abort', async () => {
    const seen = await mixTenants(db.database, 20_260_101);
    expect(seen.foreign).toEqual([]);
    expect(seen.committed).toBeGreaterThan(10);
    expect(seen.aborted).toBeGreaterThan(10);
    const rows = await asApp(undefined, 'select * from audit_log');
    expect(rows).toEqual([]);
  });
});
