import type { Database } from '@tocsin/database/database.ts';
import type { DatabaseLog } from '@tocsin/database/log.ts';
import type { Route } from '@tocsin/http/route.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import type { AuditKey } from './domain/statement.ts';
import { exportAuditRoute, exportPlatformAuditRoute } from './routes/export-audit.ts';
import { listAuditRoute } from './routes/list-audit.ts';
import { listPlatformAuditRoute } from './routes/list-platform-audit.ts';
import { runSealer, Sealer, type SealerOptions } from './sealer.ts';

/** What the audit service needs from the process it runs in. */
export interface AuditServiceDeps {
  readonly database: Database;
  readonly world: World;
  readonly metrics: Metrics;
  readonly log: DatabaseLog;
  /** Signs the chains: `openAuditKey`. */
  readonly key: AuditKey;
  /** Where the newest signed head of each chain is kept, outside of the database. */
  readonly headsFolder: string;
}

/** The audit service of a process: routes, and the sealer as something to start. */
export interface AuditService {
  readonly name: string;
  readonly routes: readonly Route[];
  readonly sealer: Sealer;
  start(): { stop(): Promise<void> };
}

/** Shows and exports who changed what, and seals it into signed chains (design 6). */
export function createAuditService(deps: AuditServiceDeps): AuditService {
  const { database, world, log, key, headsFolder } = deps;
  const counters = sealerCounters(deps.metrics);
  const options: SealerOptions = { database, world, key, headsFolder, log, counters };
  const sealer = new Sealer(options);
  const routeDeps = { database, world, key, sealer };
  return {
    name: 'audit-service',
    sealer,
    routes: [
      listAuditRoute(routeDeps),
      exportAuditRoute(routeDeps),
      listPlatformAuditRoute(routeDeps),
      exportPlatformAuditRoute(routeDeps),
    ],
    start: () => runSealer(sealer, options),
  };
}

function sealerCounters(metrics: Metrics): SealerOptions['counters'] {
  const count = (name: string, help: string) => metrics.counter({ name, help, labels: [] }).at({});
  const sealed = count('tocsin_audit_sealed_rows_total', 'Rows of audit logs sealed');
  const signed = count('tocsin_audit_signed_heads_total', 'Heads of audit chains signed');
  const broken = count('tocsin_audit_broken_chains_total', 'Chains that lost their signed head');
  const failed = count('tocsin_audit_seal_failures_total', 'Seals that could not be made now');
  return {
    sealed: (rows) => sealed.add(rows),
    signed: () => signed.add(),
    broken: () => broken.add(),
    failed: () => failed.add(),
  };
}
