import {
  KEY_USED_EVERY_MS,
  type KeyDirectory,
  type StoredKey,
} from '@tocsin/auth/api-key-verifier.ts';
import { isScope } from '@tocsin/auth/role.ts';
import { systemContext, type TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { Database, TenantTransaction } from '@tocsin/database/database.ts';
import { type DatabaseLog, silentLog } from '@tocsin/database/log.ts';
import { parseTenantId, type TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { findApiKey, listSecrets, noteKeyUse, renewSecret } from './records.ts';

/** How long a key that was read serves while PostgreSQL is away: nothing can be revoked meanwhile. */
export const KNOWN_KEY_MS_MAX = 3_600_000;
/** Most keys remembered for that time; the one read longest ago goes first. */
export const KNOWN_KEYS_MAX = 10_000;

type KeyWork = (tx: TenantTransaction, tenant: TenantContext) => Promise<void>;

interface Known {
  readonly key: StoredKey;
  readonly readAt: number;
}

/**
 * Where a process reads API keys: the tenant by the index in the schema `platform`, then the key under that tenant's
 * row-level security. An id that does not exist costs one read of an index.
 *
 * While the server of PostgreSQL is not there (connections are refused, not merely slow: a slow server may have
 * committed a revocation) keys that were read before serve on, so that ingest does.
 */
export function openKeyDirectory(
  database: Database,
  { clock }: Pick<World, 'clock'>,
  log: DatabaseLog = silentLog,
): KeyDirectory {
  const known = new Map<string, Known>();
  const write = (tenantId: TenantId, work: KeyWork): void => {
    const tenant = systemContext(tenantId, 'identity');
    // What is not written now is asked for again with the next reading of the key.
    database
      .inTenant(tenant, (tx) => work(tx, tenant))
      .catch((error: unknown) => {
        log.warn({ error: String(error) }, 'the use of an API key could not be written down');
      });
  };
  return {
    async find(keyId) {
      const readAt = clock.monotonic();
      try {
        const key = await readKey(database, keyId);
        known.delete(keyId);
        const [oldest] = known.keys();
        if (known.size >= KNOWN_KEYS_MAX && oldest !== undefined) known.delete(oldest);
        if (key !== undefined) known.set(keyId, { key, readAt });
        return key;
      } catch (error) {
        const before = known.get(keyId);
        if (before === undefined || readAt - before.readAt > KNOWN_KEY_MS_MAX) throw error;
        if (isServerGone(error)) return before.key;
        throw error;
      }
    },
    noteUse({ keyId, tenantId }) {
      const when = { now: clock.now(), everyMs: KEY_USED_EVERY_MS };
      write(tenantId, (tx, tenant) => noteKeyUse(tx, tenant, keyId, when));
    },
    renew({ keyId, tenantId }, old, present) {
      write(tenantId, (tx, tenant) => renewSecret(tx, tenant, keyId, old, present));
    },
  };
}

async function readKey(database: Database, keyId: string): Promise<StoredKey | undefined> {
  const index = await database.inPlatform((tx) =>
    tx
      .selectFrom('api_key_index')
      .select('tenant_id')
      .where('key_id', '=', keyId)
      .executeTakeFirst(),
  );
  if (index === undefined) return undefined;
  const tenant = systemContext(parseTenantId(index.tenant_id), 'identity');
  return database.inTenant(tenant, async (tx) => {
    const row = await findApiKey(tx, tenant, keyId);
    if (row === undefined) return undefined;
    return {
      keyId,
      tenantId: tenant.tenantId,
      environment: row.environment,
      scopes: row.scopes.filter(isScope),
      source: row.source ?? undefined,
      expiresAt: row.expires_at?.getTime(),
      networks: row.networks ?? undefined,
      lastUsedAt: row.last_used_at?.getTime(),
      revoked: row.revoked_at !== null,
      secrets: await listSecrets(tx, tenant, keyId),
    };
  });
}

/** Refused connections and a server that says that it stops: nobody can have committed anything since. */
const GONE = new Set(['ECONNREFUSED', 'ENOENT', '57P01', '57P02', '57P03']);

function isServerGone(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && GONE.has(at.code)) return true;
  }
  return false;
}
