import { createCaseService } from '@tocsin/case-service/service.ts';
import { createCorrelateService } from '@tocsin/correlate-service/service.ts';
import { setup } from '@tocsin/database/testing/global-setup.ts';
import { openTestDatabase } from '@tocsin/database/testing/test-database.ts';
import { testServer } from '@tocsin/http/testing/test-server.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { PostgresSearchStore } from '@tocsin/search/postgres/postgres-search-store.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import pg from 'pg';

/**
 * Lists and searches of alerts and cases in a large tenant among many: `node bench/workflow.ts [alerts] [cases] [tenants]`,
 * by default 1,000,000, 100,000 and 200. Prints p50 and p95 of whole requests, milliseconds; the budget is p95 < 50.
 */
const ALERTS = Number(process.argv[2] ?? 1_000_000);
const CASES = Number(process.argv[3] ?? 100_000);
const TENANTS = Number(process.argv[4] ?? 200);
const ROUNDS = 60;
const BUDGET_MS = 50;

/** What is asked: each time with another number, so that no answer is only the cache's. */
const ASKED: Readonly<Record<string, (round: number) => string>> = {
  // A page of nothing: what a request costs by itself, on this machine, now.
  'nothing, for comparison': () => '/v1/cases?limit=1&from=2100-01-01T00:00:00Z',
  'alerts, newest': () => '/v1/alerts?limit=50',
  'alerts, most severe': () => '/v1/alerts?limit=50&sort=severity',
  'alerts of a status': () => '/v1/alerts?limit=50&status=investigating',
  'alerts of a rule': (round) => `/v1/alerts?limit=50&rule_id=rule-${round % 400}`,
  'alerts of an hour': (round) => `/v1/alerts?limit=50&from=${hour(round)}&to=${hour(round + 1)}`,
  'alerts of an analyst': (round) => `/v1/alerts?limit=50&assignee=analyst-${round % 20}`,
  'search alerts by user': (round) => `/v1/alerts?limit=50&q=actor.id:user-${round * 97}`,
  'search alerts by a user who is not there': (round) => `/v1/alerts?q=actor.id:nobody-${round}`,
  'search alerts by rule and severity': (round) =>
    `/v1/alerts?limit=50&q=rule_id:rule-${round % 400}%20and%20severity%3E%3D5`,
  'search alerts by name and time': (round) =>
    `/v1/alerts?limit=50&q=rule_name:rule-${round}%20and%20timestamp%3E%3D2026-01-01`,
  'cases, newest': () => '/v1/cases?limit=50',
  'cases, last changed': () => '/v1/cases?limit=50&sort=updated',
  'cases, most severe': () => '/v1/cases?limit=50&sort=severity',
  'cases of a status': () => '/v1/cases?limit=50&status=open',
  'cases at offset 10,000': () => '/v1/cases?limit=50&offset=10000',
  'search cases by assignee': (round) => `/v1/cases?limit=50&q=assigned_to:analyst-${round % 20}`,
  'search cases by a word': () => '/v1/cases?limit=50&q=ransomware',
};

function hour(index: number): string {
  return new Date(Date.UTC(2026, 0, 1 + index)).toISOString();
}

/** Rows of one tenant, made by PostgreSQL itself. */
async function seed(admin: pg.Client, tenant: string, alerts: number, cases: number) {
  await admin.query(
    `insert into tenant_data.alerts (
       tenant_id, alert_id, revision, rule_id, rule_name, rule_version, severity, status, title, description, category,
       actor, repeat_key, first_event_at, last_event_at, event_count, total, assignee, created_at, updated_at,
       created_by, modified_by)
     select $1, gen_random_uuid(), 1, 'rule-' || n % 400, 'rule-' || n % 400, 1, n % 11,
       (array['new', 'acknowledged', 'investigating', 'resolved'])[1 + n % 4],
       'Odd logins of user-' || n % 50000, repeat('described ', 20), 'auth',
       jsonb_build_object('type', 'user', 'id', 'user-' || n % 50000, 'name', 'User ' || n % 50000),
       'repeat:' || n, at, at, 10, 10, case when n % 10 = 0 then 'analyst-' || n / 10 % 20 end, at, at, 'bench', 'bench'
     from generate_series(1, $2::int) as n,
       lateral (select timestamptz '2026-01-01' + n * interval '5 seconds' as at) as t`,
    [tenant, alerts],
  );
  await admin.query(
    `insert into tenant_data.cases (
       tenant_id, case_id, title, description, severity, status, assigned_to, created_at, updated_at, created_by, modified_by)
     select $1, gen_random_uuid(), case when n % 1000 = 0 then 'Ransomware ' else 'Odd logins ' end || n,
       repeat('described ', 20), n % 11, (array['open', 'investigating', 'resolved', 'closed'])[1 + n % 4],
       case when n % 3 = 0 then 'analyst-' || n % 20 end, at, at + n % 7 * interval '1 hour', 'bench', 'bench'
     from generate_series(1, $2::int) as n,
       lateral (select timestamptz '2026-01-01' + n * interval '50 seconds' as at) as t`,
    [tenant, cases],
  );
}

// The server's start waits by timers that keep no process alive.
const alive = setInterval(() => undefined, 1000);
const teardown = await setup();
const db = await openTestDatabase();
const admin = new pg.Client({ connectionString: db.urls.admin });
await admin.connect();
const seeding = performance.now();
await seed(admin, 'large-corp', ALERTS, CASES);
for (let index = 1; index < TENANTS; index += 1) await seed(admin, `small-${index}`, 1000, 100);
await admin.query('analyze tenant_data.alerts, tenant_data.cases');
console.log(
  `${ALERTS} alerts, ${CASES} cases: ${Math.round((performance.now() - seeding) / 1000)} s`,
);

const world = systemWorld();
const search = new PostgresSearchStore(db.database, world.clock);
const metrics = new Metrics('bench');
const api = await testServer([
  ...createCorrelateService({ database: db.database, search, world, metrics }).routes,
  ...createCaseService({ database: db.database, search, world }).routes,
]);
const headers = await api.headers({ tenant: 'large-corp' });

let slow = 0;
console.log(`${'what'.padEnd(44)} rows    p50    p95`);
for (const [name, url] of Object.entries(ASKED)) {
  const times: number[] = [];
  let rows = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    const answer = await api.server.app.inject({ method: 'GET', url: url(round), headers });
    times.push(performance.now() - start);
    if (answer.statusCode !== 200) throw new Error(`${name}: ${answer.body}`);
    rows += answer.json().items.length;
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  if (at(0.95) > BUDGET_MS) slow += 1;
  const figures = [(rows / ROUNDS).toFixed(0), at(0.5).toFixed(1), at(0.95).toFixed(1)];
  console.log(`${name.padEnd(44)} ${figures.map((figure) => figure.padStart(4)).join('  ')}`);
}
console.log(slow === 0 ? 'all within the budget' : `${slow} past ${BUDGET_MS} ms`);
await admin.end();
await api.server.close();
await db.drop();
await teardown();
clearInterval(alive);
