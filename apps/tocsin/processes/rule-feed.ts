import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { RuleSetting } from '@tocsin/content/rule-setting.ts';
import { listPutBacks } from '@tocsin/content-service/put-back-records.ts';
import { listRuleSettings } from '@tocsin/content-service/records.ts';
import type { Database } from '@tocsin/database/database.ts';
import type { PutBack } from '@tocsin/detect-service/domain/sigma/deferring.ts';
import type { RuleFault } from '@tocsin/detect-service/domain/tenant-rules.ts';
import { sleep } from '@tocsin/kernel/clock.ts';
import { parseTenantId, type TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Log } from '@tocsin/telemetry/log.ts';

/** How often settings of rules are looked for: a change takes effect at most this much later, plus a frame. */
export const RULE_FEED_MS = 500;

/** What a feed reads from, and whom it tells. */
export interface RuleFeedParts {
  readonly database: Database;
  readonly world: World;
  readonly log: Log;
  readonly setRules: (
    tenantId: TenantId,
    settings: readonly RuleSetting[],
  ) => Promise<readonly RuleFault[]>;
  /** Takes all that people want back on the hot path. */
  readonly putBack: (asked: readonly PutBack[]) => Promise<void>;
}

/** What was told already. */
interface Told {
  /** By tenant: how often its settings had changed. */
  readonly tenants: Map<string, string>;
  /** What people want back, as JSON. */
  putBacks: string;
}

/** A running feed. */
export interface RuleFeed {
  stop(): Promise<void>;
}

/**
 * Tells the detector what tenants decided of their rules: once before it resolves, so that no event meets older rules
 * after a restart, then whenever a tenant's settings change. While PostgreSQL is away the rules stay as they are.
 */
export async function feedRules(parts: RuleFeedParts): Promise<RuleFeed> {
  const ended = new AbortController();
  const known: Told = { tenants: new Map(), putBacks: '[]' };
  await look(parts, known);
  const running = (async () => {
    while (!ended.signal.aborted) {
      await sleep(parts.world.clock, RULE_FEED_MS, ended.signal);
      if (!ended.signal.aborted) await look(parts, known);
    }
  })();
  return {
    async stop() {
      ended.abort();
      await running;
    },
  };
}

async function look(parts: RuleFeedParts, known: Told): Promise<void> {
  const { database, log } = parts;
  try {
    const heads = await database.inPlatform((tx) =>
      tx.selectFrom('rule_heads').select(['tenant_id', 'changes']).execute(),
    );
    for (const { tenant_id, changes } of heads) {
      if (known.tenants.get(tenant_id) === changes) continue;
      await tell(parts, parseTenantId(tenant_id));
      known.tenants.set(tenant_id, changes);
    }
    await tellPutBacks(parts, known);
  } catch (error) {
    log.warn('rules of tenants could not be read; they stay as they are', {
      action: 'rules.read',
      error,
    });
  }
}

async function tellPutBacks({ database, putBack }: RuleFeedParts, known: Told): Promise<void> {
  const rows = await database.inPlatform((tx) => listPutBacks(tx));
  const asked = rows.map((row) => ({ ruleId: row.rule_id, since: row.deferred_since.getTime() }));
  const text = JSON.stringify(asked);
  if (text === known.putBacks) return;
  await putBack(asked);
  known.putBacks = text;
}

async function tell({ database, log, setRules }: RuleFeedParts, tenantId: TenantId) {
  const tenant = systemContext(tenantId, 'pipeline');
  const settings = await database.inTenant(tenant, (tx) => listRuleSettings(tx, tenant));
  for (const { ruleId, reason } of await setRules(tenantId, settings)) {
    log.warn('a rule of a tenant cannot run', {
      action: 'rules.compile',
      tenant_id: tenantId,
      rule_id: ruleId,
      reason,
    });
  }
}
