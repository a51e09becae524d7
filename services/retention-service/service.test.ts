import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { writeAudit } from '@tocsin/database/audit.ts';
import { silentLog } from '@tocsin/database/log.ts';
import {
  openTestDatabase,
  type TestDatabase,
  testTenant,
} from '@tocsin/database/testing/test-database.ts';
import { asAdmin } from '@tocsin/database/testing/test-server.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleteTenants } from './delete-tenants.ts';
import { expireTenants } from './expire-tenants.ts';
import type { RetentionDeps } from './retention-deps.ts';
import type { Removed, StorageAges } from './tenant-storage.ts';

const DAY_MS = 24 * 3_600_000;

let db: TestDatabase;
let clock: ManualClock;
let waiting: number;
let framesLeft: number;
let stored: [string, StorageAges | 'erase'][];
let cuts: [string, Date][];
let compacted: number;
let counted: Record<string, number>;
let expired: Removed;

beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => {
  clock = new ManualClock(Date.now());
  waiting = 0;
  framesLeft = 0;
  stored = [];
  cuts = [];
  compacted = 0;
  counted = {};
  expired = { events: 0, segments: 0 };
});

function deps(): RetentionDeps {
  const count = (kind: string, by: number): void => {
    counted[kind] = (counted[kind] ?? 0) + by;
  };
  return {
    database: db.database,
    world: { ...systemWorld(), clock },
    log: silentLog,
    bus: {
      depth: async (topic, group) => ({
        topic,
        group,
        tenants: [
          {
            tenantId: parseTenantId('doomed'),
            frames: waiting,
            events: 0,
            bytes: 0,
            oldestAt: undefined,
            deadLetters: 0,
          },
        ],
      }),
    },
    storage: {
      async expire(tenant, ages) {
        stored.push([tenant.tenantId, ages]);
        if (tenant.tenantId === 'broken') throw new Problem('unavailable');
        return expired;
      },
      async erase(tenant) {
        stored.push([tenant.tenantId, 'erase']);
        return { removed: { events: 7, segments: 1 }, framesLeft };
      },
    },
    queues: [{ topic: 'raw.events', group: 'pipeline' }],
    cutAudit: async (tenant, before) => {
      cuts.push([tenant.tenantId, before]);
    },
    forgetAudit: async () => undefined,
    compactDatabase: async () => {
      compacted += 1;
    },
    counters: {
      removed: count,
      failed: () => count('failed', 1),
      deleted: () => count('deleted', 1),
    },
  };
}

async function newTenant(tenantId: string, columns: object = {}): Promise<void> {
  await db.database.inPlatform((tx) =>
    tx
      .insertInto('tenants')
      .values({
        tenant_id: tenantId,
        name: `name of ${tenantId}`,
        retention_days: 30,
        data_residency: 'unspecified',
        created_by: 'test',
        modified_by: 'test',
        ...columns,
      })
      .execute(),
  );
}

/** An alert, an incident and a case, all changed so many days ago. */
async function newRows(tenantId: string, days: number, status = 'closed'): Promise<void> {
  await asAdmin(db.urls.admin, async (client) => {
    const at = new Date(Date.now() - days * DAY_MS);
    await client.query(
      `with incident as (insert into tenant_data.incidents (tenant_id, incident_id, incident_key, severity, title,
           first_alert_at, last_alert_at, created_at, updated_at, created_by, modified_by)
         values ($1, gen_random_uuid(), gen_random_uuid()::text, 5, 'canary-text', $2, $2, $2, $2, 't', 't') returning incident_id)
       insert into tenant_data.alerts (tenant_id, alert_id, revision, rule_id, rule_name, rule_version, severity, title,
           description, category, repeat_key, first_event_at, last_event_at, event_count, total, incident_id,
           created_at, updated_at, created_by, modified_by)
         select $1, gen_random_uuid(), 1, 'r', 'r', 1, 5, 'canary-text', '', 'auth', 'k', $2, $2, 1, 1, incident_id, $2, $2, 't', 't'
         from incident`,
      [tenantId, at],
    );
    await client.query(
      `insert into tenant_data.cases (tenant_id, case_id, title, severity, status, created_at, updated_at, created_by, modified_by)
       values ($1, gen_random_uuid(), 'canary-text', 5, $3, $2, $2, 't', 't')`,
      [tenantId, at, status],
    );
  });
}

function countOf(tenantId: string, table: 'alerts' | 'incidents' | 'cases' | 'audit_log') {
  return db.database.inTenant(testTenant(tenantId), async (tx) => {
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from ${sql.table(table)}`.execute(tx);
    return rows[0]?.n;
  });
}

const tenantRow = (tenantId: string) =>
  db.database.inPlatform((tx) =>
    tx
      .selectFrom('tenants')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .executeTakeFirstOrThrow(),
  );

describe('retention', () => {
  it('removes alerts, incidents and ended cases that are older than the tenant keeps them', async () => {
    await newTenant('ageing', {
      retention: JSON.stringify({
        archive_days: 10,
        alerts_days: 100,
        cases_days: 200,
        audit_days: 50,
      }),
    });
    for (const days of [99, 101, 201]) await newRows('ageing', days);
    await newRows('ageing', 500, 'open');
    await newRows('other-tenant', 500);
    expired = { events: 4, segments: 2 };
    await expireTenants(deps());
    expect(await countOf('ageing', 'alerts')).toBe(1);
    expect(await countOf('ageing', 'incidents')).toBe(1);
    expect(await countOf('ageing', 'cases')).toBe(3);
    expect(await countOf('other-tenant', 'alerts')).toBe(1);
    const removed = { events: 4, segments: 2, alerts: 3, incidents: 3, cases: 1, audit: 0 };
    expect(counted).toEqual(removed);
    expect((await tenantRow('ageing')).last_retention).toEqual({
      at: new Date(clock.now()).toISOString(),
      removed,
    });
    expect((await tenantRow('ageing')).version).toBe(1);
  });

  it('asks the stores for events and raw lines by their own ages, and audits what it removed', async () => {
    await expireTenants(deps());
    const now = clock.now();
    const ages = { eventsBefore: now - 30 * DAY_MS, archiveBefore: now - 10 * DAY_MS };
    expect(stored).toEqual([['ageing', ages]]);
    expect(cuts).toEqual([['ageing', new Date(now - 50 * DAY_MS)]]);
    const rows = await db.database.inTenant(testTenant('ageing'), (tx) =>
      tx.selectFrom('audit_log').selectAll().execute(),
    );
    expect(rows).toMatchObject([
      {
        actor: 'system:retention',
        action: 'retention.expire',
        before: { retention_days: 30, alerts_days: 100 },
        after: { removed: { alerts: 3 } },
      },
    ]);
  });

  it('goes on with the next tenant when one fails', async () => {
    await newTenant('broken');
    await newTenant('zebra');
    await expireTenants(deps());
    expect(stored.map(([tenantId]) => tenantId)).toEqual(['ageing', 'broken', 'zebra']);
    expect(counted['failed']).toBe(1);
  });

  it('removes rows of the audit log only up to a signed cut', async () => {
    const tenant = systemContext(parseTenantId('ageing'), 'test');
    await db.database.inTenant(tenant, (tx) =>
      writeAudit(tx, tenant, {
        action: 'x.y',
        objectType: 'x',
        objectId: '',
        before: null,
        after: {},
        requestId: '',
      }),
    );
    const run = (sql: string) =>
      asAdmin(db.urls.admin, async (client) => {
        await client.query(sql);
      });
    await run(`set session_replication_role = replica;
      update tenant_data.audit_log set at = now() - interval '60 days';
      insert into tenant_data.audit_seals select tenant_id, row_number() over (order by at, audit_id), audit_id, decode(repeat('00', 32), 'hex')
        from tenant_data.audit_log where tenant_id = 'ageing'`);
    await expireTenants(deps());
    expect(await countOf('ageing', 'audit_log')).toBe(2);
    await run(`insert into tenant_data.audit_heads
      values ('ageing', 'cut', 1, decode(repeat('00', 32), 'hex'), now(), 'k', '')`);
    await expireTenants(deps());
    expect(await countOf('ageing', 'audit_log')).toBe(2); // one is gone, and one says so
    expect(counted['audit']).toBe(1);
  });
});

describe('the deletion of a tenant', () => {
  const REQUESTED = {
    step: 'requested',
    detail: '',
    removed: {},
    requested_by: 'root@msp',
    finished_at: null,
  };

  async function doom(): Promise<void> {
    await newTenant('doomed', {
      status: 'deleting',
      branding: JSON.stringify({ display_name: 'Doomed Inc' }),
      deletion: JSON.stringify({
        ...REQUESTED,
        requested_at: new Date(clock.now()).toISOString(),
      }),
    });
    await newRows('doomed', 0);
    await newRows('doomed', 0, 'open');
    const tenant = testTenant('doomed');
    await db.database.inTenant(tenant, (tx) =>
      writeAudit(tx, tenant, {
        action: 'case.create',
        objectType: 'case',
        objectId: '',
        before: null,
        after: { title: 'canary-text' },
        requestId: '',
      }),
    );
  }

  it('is refused by the database for a tenant that is not being deleted', async () => {
    await newTenant('alive');
    const purge = db.database.inPlatform((tx) =>
      sql`select platform.purge_tenant('alive')`.execute(tx),
    );
    await expect(purge).rejects.toThrow('is not being deleted');
    const asApp = db.database.inTenant(testTenant('alive'), (tx) =>
      sql`select platform.purge_tenant('alive')`.execute(tx),
    );
    await expect(asApp).rejects.toThrow(/permission denied/);
  });

  it('waits until requests are over and what was queued is read, then removes everything for ever', async () => {
    await doom();
    const ageMs = () => clock.advance(11_000);
    await deleteTenants(deps());
    expect(stored).toEqual([]);
    await ageMs();
    waiting = 3;
    await deleteTenants(deps());
    expect((await tenantRow('doomed')).deletion).toMatchObject({
      step: 'draining',
      detail: '3 frames on the bus are still being read',
    });
    expect(await countOf('doomed', 'alerts')).toBe(2);
    waiting = 0;
    framesLeft = 2;
    await deleteTenants(deps());
    expect((await tenantRow('doomed')).deletion).toMatchObject({
      step: 'unlinking',
      removed: { events: 7, segments: 1, alerts: 2, incidents: 2, cases: 2, audit_log: 1 },
    });
    for (const table of ['alerts', 'incidents', 'cases', 'audit_log'] as const) {
      expect(await countOf('doomed', table), table).toBe(0);
    }
    expect(compacted).toBe(0);
    framesLeft = 0;
    await deleteTenants(deps());
    expect(compacted).toBe(1);
    expect(await tenantRow('doomed')).toMatchObject({
      status: 'deleted',
      name: 'doomed',
      branding: {},
      deletion: { step: 'done', requested_by: 'root@msp', finished_at: expect.any(String) },
    });
    const { rows } = await db.database.inPlatform((tx) =>
      sql<{
        tenant_id: string;
      }>`select tenant_id from audit_waiting where tenant_id = 'doomed'`.execute(tx),
    );
    expect(rows).toEqual([]);
  });

  it('is on record in the platform’s log, with what was removed', async () => {
    const rows = await db.database.inPlatform((tx) =>
      tx.selectFrom('audit_log').selectAll().where('tenant_id', '=', 'doomed').execute(),
    );
    expect(rows).toMatchObject([
      {
        actor: 'system:retention',
        action: 'tenant.erase',
        before: { status: 'deleting', requested_by: 'root@msp' },
        after: { status: 'deleted', removed: { alerts: 2 } },
      },
    ]);
  });

  it('leaves an id that is never given again', async () => {
    await expect(newTenant('doomed')).rejects.toMatchObject({ code: 'conflict' });
  });
});
