import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCatalogueFaults } from './catalogue.ts';
import { openTestDatabase, type TestDatabase } from './testing/test-database.ts';

let db: TestDatabase;
let admin: pg.Client;

beforeAll(async () => {
  db = await openTestDatabase();
  admin = new pg.Client({ connectionString: db.urls.admin });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await db.drop();
});

/** The faults after a change that is taken back. */
async function faultsAfter(change: string): Promise<string[]> {
  await admin.query('begin');
  try {
    await admin.query(change);
    return await findCatalogueFaults(admin, db.urls.roles);
  } finally {
    await admin.query('rollback');
  }
}

async function tenantTables(): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'tenant_data' and c.relkind in ('r', 'p')`,
  );
  return rows.map((row) => row.name);
}

describe('the catalogue of the migrated database', () => {
  it('keeps tenants apart in every table, index, key, view, function, role and grant (A-061)', async () => {
    expect(await findCatalogueFaults(admin, db.urls.roles)).toEqual([]);
  });

  it('turns red when row-level security of any one table is off, not forced, or without its policy', async () => {
    const tables = await tenantTables();
    expect(tables).toContain('audit_log');
    for (const table of tables) {
      const name = `tenant_data.${table}`;
      for (const change of [
        `alter table ${name} disable row level security`,
        `alter table ${name} no force row level security`,
        `drop policy tenant on ${name}`,
        `alter policy tenant on ${name} using (true)`,
        `alter policy tenant on ${name} with check (true)`,
        `create policy other on ${name} for select using (true)`,
      ]) {
        expect(await faultsAfter(change), change).not.toEqual([]);
      }
    }
  });

  it.each([
    ['a table without tenant_id', 'create table tenant_data.t (id text primary key)'],
    [
      'a partition read directly',
      `create table tenant_data.t (tenant_id text not null) partition by list (tenant_id);
       alter table tenant_data.t enable row level security; alter table tenant_data.t force row level security;
       create policy tenant on tenant_data.t using (tenant_id = nullif(current_setting('app.tenant', true), ''))
         with check (tenant_id = nullif(current_setting('app.tenant', true), ''));
       create table tenant_data.t_a partition of tenant_data.t for values in ('a')`,
    ],
    ['a unique index across tenants', 'create unique index on tenant_data.outbox (outbox_id)'],
    [
      'a foreign key without the tenant',
      `create table platform.u (id uuid primary key);
       alter table tenant_data.outbox add foreign key (outbox_id) references platform.u (id)`,
    ],
    [
      'a view with its owner’s rights',
      'create view tenant_data.v as select * from tenant_data.outbox',
    ],
    [
      'a materialized view',
      'create materialized view tenant_data.v as select * from tenant_data.outbox',
    ],
    [
      'a function with its owner’s rights',
      `create function tenant_data.f() returns bigint language sql security definer
       as 'select count(*) from tenant_data.outbox'`,
    ],
    ['a rule', 'create rule r as on insert to tenant_data.outbox do also select 1'],
    ['a table in another schema', 'create table public.t (tenant_id text)'],
  ])('turns red at %s', async (_name, change) => {
    expect(await faultsAfter(change)).not.toEqual([]);
  });

  it('turns red at a grant that rows do not filter, or to somebody else', async () => {
    const { app, platform } = db.urls.roles;
    for (const change of [
      `grant truncate on tenant_data.outbox to ${app}`,
      `grant references on tenant_data.outbox to ${app}`,
      `grant trigger on tenant_data.outbox to ${app}`,
      `grant update on tenant_data.audit_log to ${app}`,
      `grant select (tenant_id) on tenant_data.outbox to ${platform}`,
      `grant select on tenant_data.outbox to ${platform}`,
      `grant select on tenant_data.outbox to public`,
      `grant select on platform.tenants to ${app}`,
      `grant delete on platform.tenants to ${platform}`,
      `grant usage on schema platform to ${app}`,
      `grant create on schema tenant_data to ${app}`,
      `grant usage on schema tenant_data to public`,
      `do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$`,
    ]) {
      expect(await faultsAfter(change), change).not.toEqual([]);
    }
  });

  it('turns red at a role with more rights than its work needs', async () => {
    const { owner, app, platform } = db.urls.roles;
    for (const change of [
      `alter role ${app} bypassrls`,
      `alter role ${app} superuser`,
      `alter role ${platform} createrole`,
      `grant ${owner} to ${app}`,
      `grant pg_read_all_data to ${app}`,
      `alter table tenant_data.outbox owner to ${app}`,
    ]) {
      expect(await faultsAfter(change), change).not.toEqual([]);
    }
  });
});
