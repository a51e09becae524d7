import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@tocsin/database/database.ts';
import { silentLog } from '@tocsin/database/log.ts';
import { migrate } from '@tocsin/database/migrate.ts';
import { openDatabase } from '@tocsin/database/postgres-database.ts';
import { prepareDatabase } from '@tocsin/database/prepare-database.ts';
import { startPostgres } from '@tocsin/database/server/start-postgres.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import pg from 'pg';

/** How much is in the database, and in how many tenants it is. */
export interface WorkflowSize {
  readonly alerts: number;
  readonly cases: number;
  readonly tenants: number;
}

/** A database full of alerts and cases. */
export interface WorkflowData {
  readonly database: Database;
  /** Superuser, for plans and sizes. */
  readonly admin: pg.Client;
  close(): Promise<void>;
}

/** The tenant that has nearly everything. */
export const LARGE_TENANT = 'large-corp';

/**
 * Opens the database of a folder, and fills it when it is empty: minutes at the first time, a second later. Migrations
 * that are new since then are applied, so one folder serves many rounds. Without a folder it is gone at the end.
 */
export async function openWorkflowData(
  folder: string | undefined,
  size: WorkflowSize,
): Promise<WorkflowData> {
  const root = folder ?? (await fs.mkdtemp(join(tmpdir(), 'tocsin-workflow-')));
  await fs.mkdir(root, { recursive: true });
  await fs.chmod(root, 0o711);
  const server = await startPostgres({
    folder: join(root, 'postgres'),
    engineFolder: join(root, 'engine'),
    log: silentLog,
    outputFile: join(root, 'postgres.log'),
  });
  const keysFolder = join(root, 'keys');
  const urls = await prepareDatabase({ url: server.url, keysFolder, world: systemWorld() });
  const applied = await migrate(urls);
  if (applied.length > 0) console.log(`migrations applied: ${applied.length}`);
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await fill(admin, size);
  const database = await openDatabase({ urls, connectionsMax: 4 });
  return {
    database,
    admin,
    async close() {
      await database.close();
      await admin.end();
      await server.stop();
      if (folder === undefined) await fs.rm(root, { recursive: true });
    },
  };
}

async function fill(admin: pg.Client, { alerts, cases, tenants }: WorkflowSize): Promise<void> {
  const { rowCount } = await admin.query('select from tenant_data.cases limit 1');
  if (rowCount !== 0) return;
  const started = performance.now();
  await seed(admin, LARGE_TENANT, alerts, cases);
  for (let index = 1; index < tenants; index += 1) await seed(admin, `small-${index}`, 1000, 100);
  await admin.query('vacuum analyze');
  console.log(
    `${alerts} alerts and ${cases} cases made in ${Math.round((performance.now() - started) / 1000)} s`,
  );
}

/** Rows of one tenant, made by PostgreSQL itself. Words: some in most rows, some in a few, some in old ones only. */
async function seed(admin: pg.Client, tenant: string, alerts: number, cases: number) {
  await admin.query(
    `insert into tenant_data.alerts (
       tenant_id, alert_id, revision, rule_id, rule_name, rule_version, severity, status, title, description, category,
       actor, target, repeat_key, first_event_at, last_event_at, event_count, total, src_ips, hosts, tags, storm,
       assignee, suppressed_until, created_at, updated_at, created_by, modified_by)
     select $1, gen_random_uuid(), 1, 'rule-' || n % 400, 'Rule number ' || n % 400, 1,
       case when n % 5000 = 0 then 10 else n % 10 end,
       (array['new', 'acknowledged', 'resolved', 'false_positive', 'investigating'])[case when n % 2000 = 0 then 5 else 1 + n % 4 end],
       'Odd logins of user-' || n % 50000,
       'At least 10 failed logins of user-' || n % 50000 || ' from 10.' || n % 200 || '.' || n % 250 || '.7 within 5 minutes; '
         || 'the last one on host-' || n % 3000 || ' by method ' || md5((n % 1000)::text)
         || case when n % 20000 = 7 then ' after mimikatz was seen' when n < 8000 then ' in the pilot phase' else '' end,
       (array['auth', 'endpoint', 'network', 'cloud'])[1 + n % 4],
       jsonb_build_object('type', 'user', 'id', 'user-' || n % 50000, 'name', 'User ' || n % 50000),
       jsonb_build_object('type', 'asset', 'id', 'asset-' || n % 3000, 'name', 'host-' || n % 3000),
       'repeat:' || n, at, at, case when n % 30000 = 0 then 1000000 else 10 + n % 50 end, 10,
       array['10.' || n % 200 || '.' || n % 250 || '.7'], array['host-' || n % 3000],
       case when n % 10000 = 3 then array['logins', 'crown-jewel'] else array['logins'] end, n % 15000 = 1,
       case when n % 10 = 0 then 'analyst-' || n / 10 % 20 end,
       case when n % 25000 = 2 then timestamptz '2100-01-01' end, at, at, 'bench', 'bench'
     from generate_series(1, $2::int) as n,
       lateral (select timestamptz '2026-01-01' + n * interval '5 seconds' as at) as t`,
    [tenant, alerts],
  );
  await admin.query(
    `insert into tenant_data.incidents (
       tenant_id, incident_id, incident_key, status, severity, title, first_alert_at, last_alert_at, alert_count,
       assignee, created_at, updated_at, created_by, modified_by)
     select $1, gen_random_uuid(), 'incident:' || n, (array['new', 'triaged', 'contained', 'closed'])[1 + n % 4],
       n % 11, 'Odd logins ' || n, at, at, 3, case when n % 50 = 0 then 'analyst-' || n % 20 end, at, at, 'bench', 'bench'
     from generate_series(1, $2::int) as n,
       lateral (select timestamptz '2026-01-01' + n * interval '50 seconds' as at) as t`,
    [tenant, cases],
  );
  await admin.query(
    `insert into tenant_data.cases (
       tenant_id, case_id, title, description, severity, status, assigned_to, created_at, updated_at, created_by, modified_by)
     select $1, gen_random_uuid(), case when n % 1000 = 0 then 'Ransomware ' else 'Odd logins ' end || n,
       'Seen by ' || md5((n % 500)::text) || ' on host-' || n % 3000 || ': ' || repeat('what people write ', 10)
         || case when n % 20000 = 7 then 'mimikatz' else '' end,
       n % 11, (array['open', 'investigating', 'resolved', 'closed'])[1 + n % 4],
       case when n % 3 = 0 then 'analyst-' || n % 20 end, at, at + n % 7 * interval '1 hour', 'person-' || n % 40, 'bench'
     from generate_series(1, $2::int) as n,
       lateral (select timestamptz '2026-01-01' + n * interval '50 seconds' as at) as t`,
    [tenant, cases],
  );
}
