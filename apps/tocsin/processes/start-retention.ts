import { tenantChain } from '@tocsin/audit-service/chain-store.ts';
import { cutChain } from '@tocsin/audit-service/cut-chain.ts';
import type { AuditKey } from '@tocsin/audit-service/domain/statement.ts';
import { headPath } from '@tocsin/audit-service/head-file.ts';
import type { EventBus } from '@tocsin/bus/event-bus.ts';
import type { Topic } from '@tocsin/contracts/topic.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { DatabaseLog } from '@tocsin/database/log.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import {
  createRetentionService,
  type RunningRetention,
} from '@tocsin/retention-service/service.ts';
import type { TenantStorage } from '@tocsin/retention-service/tenant-storage.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import { Client } from 'undici';
import type { Home } from '../home.ts';
import { PIPELINE_GROUP } from '../pipeline/pipeline-host.ts';

/** What retention runs on in the process `control`. */
interface RetentionParts {
  readonly database: Database;
  readonly world: World;
  readonly metrics: Metrics;
  readonly log: DatabaseLog;
  readonly bus: EventBus;
  readonly storage: TenantStorage;
  /** The consumers of this process; the pipeline's is known. */
  readonly queues: readonly { readonly topic: Topic; readonly group: string }[];
  readonly auditKey: AuditKey;
  readonly home: Home;
}

/** Starts removing what is too old and what belongs to deleted tenants. */
export function startRetention(parts: RetentionParts): RunningRetention {
  const { database, world, home, auditKey } = parts;
  const service = createRetentionService({
    ...parts,
    queues: [{ topic: 'raw.events', group: PIPELINE_GROUP }, ...parts.queues],
    cutAudit: (tenant, before) =>
      cutChain(tenantChain(database, tenant), before, auditKey, new Date(world.clock.now())),
    forgetAudit: (tenant) => world.disk.remove(headPath(home.auditHeads, tenant.tenantId)),
    compactDatabase: () => askSupervisor(home),
  });
  return service.start();
}

/** Writing large tables anew takes its time. */
const COMPACT_MS_MAX = 60 * 60_000;

/** Has the supervisor write PostgreSQL's tables anew: only it may. */
async function askSupervisor(home: Home): Promise<void> {
  const client = new Client('http://supervisor', {
    socketPath: home.adminSocket,
    headersTimeout: COMPACT_MS_MAX,
  });
  try {
    const answer = await client.request({ method: 'POST', path: '/compact' });
    const said = await answer.body.text();
    if (answer.statusCode !== 200) {
      throw new Problem('unavailable', { detail: `the tables were not written anew: ${said}` });
    }
  } finally {
    await client.close();
  }
}
