import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { EventBus } from '@tocsin/bus/event-bus.ts';
import type { Frame } from '@tocsin/bus/frame.ts';
import { WORK_TOPICS, type WorkTopic } from '@tocsin/contracts/topic.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { sleep } from '@tocsin/kernel/clock.ts';
import { messageOf } from '@tocsin/kernel/message-of.ts';
import { parseTenantId, type TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { DatabaseLog } from './log.ts';

/** Rows of one tenant that one publish carries; the next tenant has its turn after them. */
const BATCH_ROWS_MAX = 100;

/** Tenants of one pass. */
const PASS_TENANTS_MAX = 1_000;

/** How often the outbox is looked at: one index look-up on an empty table. */
const POLL_MS = 200;

/** Wait after PostgreSQL or the bus failed. */
const RETRY_MS = 1_000;

export interface OutboxRelayOptions {
  readonly database: Database;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly world: World;
  readonly log: DatabaseLog;
}

/** A running relay. */
export interface OutboxRelay {
  /** Looks at once instead of at the next poll: call it after a commit that wrote to the outbox. */
  wake(): void;
  /** Finishes the running pass. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Publishes what waits in the outbox of every tenant, oldest first, and deletes it. A crash between the two
 * publishes again with the same ids. While PostgreSQL or the bus is down the rows wait.
 */
export function relayOutbox(options: OutboxRelayOptions): OutboxRelay {
  const { clock } = options.world;
  const stopping = new AbortController();
  let waking = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const waitMs = await pass(options);
      if (waitMs > 0) await sleep(clock, waitMs, AbortSignal.any([stopping.signal, waking.signal]));
      waking = new AbortController();
    }
  };
  const running = loop();
  return {
    wake: () => waking.abort(),
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

/** One pass that cannot fail; gives how long to wait before the next. */
async function pass(options: OutboxRelayOptions): Promise<number> {
  try {
    const { published, failed } = await relayPending(options);
    if (failed > 0) return RETRY_MS;
    return published > 0 ? 0 : POLL_MS;
  } catch (error) {
    options.log.warn({ error: messageOf(error) }, 'the outbox cannot be read now');
    return RETRY_MS;
  }
}

/** What one pass over the outbox did: rows published and deleted, tenants whose rows still wait after a failure. */
export interface RelayPass {
  readonly published: number;
  readonly failed: number;
}

/** Publishes up to 100 rows of each tenant that has some. A tenant whose publish fails does not hold up the others. */
export async function relayPending(options: OutboxRelayOptions): Promise<RelayPass> {
  let published = 0;
  let failed = 0;
  for (const tenantId of await waitingTenants(options.database)) {
    try {
      published += await relayTenant(options, tenantId);
    } catch (error) {
      failed += 1;
      options.log.warn(
        { tenant_id: tenantId, error: messageOf(error) },
        'messages of the outbox wait: they could not be published',
      );
    }
  }
  return { published, failed };
}

/** Distinct tenants by skipping through the index: a long backlog of one costs one look-up. */
async function waitingTenants(database: Database): Promise<TenantId[]> {
  const { rows } = await database.inPlatform((tx) =>
    sql<{ tenant_id: string }>`
      with recursive waiting as (
        (select tenant_id from outbox_heads order by tenant_id limit 1)
        union all
        select (select h.tenant_id from outbox_heads h where h.tenant_id > w.tenant_id
                order by h.tenant_id limit 1)
        from waiting w where w.tenant_id is not null
      )
      select tenant_id from waiting where tenant_id is not null limit ${PASS_TENANTS_MAX}`.execute(
      tx,
    ),
  );
  return rows.map((row) => parseTenantId(row.tenant_id));
}

interface WaitingRow {
  readonly outbox_id: string;
  readonly topic: string;
  readonly envelope: string;
  readonly request_id: string | null;
  readonly created_at: Date;
}

async function relayTenant(options: OutboxRelayOptions, tenantId: TenantId): Promise<number> {
  const tenant = systemContext(tenantId, 'outbox');
  const rows = await options.database.inTenant(tenant, async (tx) => {
    const found = await sql<WaitingRow>`
      select outbox_id, topic, envelope::text as envelope, envelope->>'request_id' as request_id, created_at
      from outbox order by outbox_id limit ${BATCH_ROWS_MAX}`.execute(tx);
    return found.rows;
  });
  if (rows.length === 0) return 0;
  await options.bus.publish(rows.map((row) => frameOf(tenantId, row)));
  options.world.failpoint('outbox.after-publish');
  await options.database.inTenant(tenant, (tx) =>
    tx
      .deleteFrom('outbox')
      .where('tenant_id', '=', tenantId)
      .where(
        'outbox_id',
        'in',
        rows.map((row) => row.outbox_id),
      )
      .execute(),
  );
  options.world.failpoint('outbox.after-delete');
  return rows.length;
}

function frameOf(tenantId: TenantId, row: WaitingRow): Frame {
  return {
    id: row.outbox_id,
    tenantId,
    topic: workTopic(row.topic),
    keySlot: 0,
    count: 1,
    contentType: 'application/x-ndjson',
    sourceHint: '',
    receivedAt: row.created_at.getTime(),
    traceparent: '',
    requestId: row.request_id ?? '',
    body: Buffer.from(row.envelope),
  };
}

function workTopic(name: string): WorkTopic {
  const topic = WORK_TOPICS.find((known) => known === name);
  assert(topic !== undefined, `the outbox has rows of known topics only, not ${name}`);
  return topic;
}
