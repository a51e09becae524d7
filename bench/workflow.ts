import { parseArgs } from 'node:util';
import { createCaseService } from '@tocsin/case-service/service.ts';
import { createCorrelateService } from '@tocsin/correlate-service/service.ts';
import { testServer } from '@tocsin/http/testing/test-server.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { PostgresSearchStore } from '@tocsin/search/postgres/postgres-search-store.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { ASKED } from './workflow-asked.ts';
import { LARGE_TENANT, openWorkflowData } from './workflow-data.ts';

/**
 * Lists and searches of alerts, incidents and cases in a large tenant among many. Prints p50 and p95 of whole requests
 * without the network, milliseconds; the budget is p95 < 50. `--home` keeps the data for the next time.
 */
const { values } = parseArgs({
  options: {
    home: { type: 'string' },
    alerts: { type: 'string', default: '1000000' },
    cases: { type: 'string', default: '100000' },
    tenants: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
  },
});
const ROUNDS = Number(values.rounds);
const BUDGET_MS = 50;

// The server's start waits by timers that keep no process alive.
const alive = setInterval(() => undefined, 1000);
const data = await openWorkflowData(values.home, {
  alerts: Number(values.alerts),
  cases: Number(values.cases),
  tenants: Number(values.tenants),
});
const world = systemWorld();
const search = new PostgresSearchStore(data.database, world.clock);
const metrics = new Metrics('bench');
const api = await testServer([
  ...createCorrelateService({ database: data.database, search, world, metrics }).routes,
  ...createCaseService({ database: data.database, search, world }).routes,
]);
const headers = await api.headers({ tenant: LARGE_TENANT });

const slow: string[] = [];
console.log(`${'what'.padEnd(44)} rows     p50     p95`);
for (const [name, url] of Object.entries(ASKED)) {
  if (!name.includes(values.only)) continue;
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
  if (at(0.95) > BUDGET_MS) slow.push(name);
  const figures = [at(0.5), at(0.95)].map((ms) => ms.toFixed(1).padStart(6));
  console.log(
    `${name.padEnd(44)} ${(rows / ROUNDS).toFixed(0).padStart(4)}  ${figures.join('  ')}`,
  );
}
console.log(
  slow.length === 0
    ? 'all within the budget'
    : `${slow.length} past ${BUDGET_MS} ms: ${slow.join('; ')}`,
);
await api.server.close();
await data.close();
clearInterval(alive);
