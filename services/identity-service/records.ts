import { newKeyId } from '@tocsin/auth/api-key.ts';
import type { KeySecret } from '@tocsin/auth/api-key-verifier.ts';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { DEFAULT_QUOTA } from '@tocsin/contracts/tenant-quota.ts';
import type { PlatformTransaction, TenantTransaction } from '@tocsin/database/database.ts';
import type { ApiKeyRow } from '@tocsin/database/identity-tables.ts';
import { notFound } from '@tocsin/http/path-id.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { type Selectable, sql } from 'kysely';

/** A key as stored, without its secrets. */
export type ApiKeyRecord = Selectable<ApiKeyRow>;

/** What a new key shall be. */
export interface NewApiKey
  extends Pick<
    ApiKeyRecord,
    'name' | 'environment' | 'scopes' | 'source' | 'networks' | 'expires_at'
  > {
  readonly created_at: Date;
}

/** How many keys that are not revoked a tenant may have: its quota. */
export async function readKeysMax(
  tx: PlatformTransaction,
  { tenantId }: TenantContext,
  ofEveryone: number = DEFAULT_QUOTA.api_keys,
): Promise<number> {
  const row = await tx
    .selectFrom('tenants')
    .select('quota')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
  return row?.quota.api_keys ?? ofEveryone;
}

/**
 * Adds a key without a secret.
 *
 * @throws Problem `conflict` when the tenant has `keysMax` keys that are not revoked
 */
export async function insertApiKey(
  tx: TenantTransaction,
  tenant: TenantContext,
  key: NewApiKey,
  keysMax: number,
  { random }: World,
): Promise<ApiKeyRecord> {
  // One after the other, or two at once would both find room for one.
  await sql`select pg_advisory_xact_lock(hashtext(${`api_keys ${tenant.tenantId}`}))`.execute(tx);
  const { live } = await tx
    .selectFrom('api_keys')
    .select((count) => count.fn.countAll<string>().as('live'))
    .where('tenant_id', '=', tenant.tenantId)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (Number(live) >= keysMax) {
    throw new Problem('conflict', {
      detail: `this tenant may have ${keysMax} API keys and has them: revoke those that nobody uses, or ask for a larger quota (api_keys)`,
    });
  }
  return tx
    .insertInto('api_keys')
    .values({
      ...key,
      tenant_id: tenant.tenantId,
      key_id: newKeyId(random),
      created_by: tenant.actor,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Adds what opens a key. */
export async function insertSecret(
  tx: TenantTransaction,
  tenant: TenantContext,
  keyId: string,
  secret: Pick<KeySecret, 'mac' | 'pepperId'>,
  world: World,
): Promise<void> {
  await tx
    .insertInto('api_key_secrets')
    .values({
      tenant_id: tenant.tenantId,
      key_id: keyId,
      secret_id: uuidV7(world.clock, world.random),
      mac: secret.mac,
      pepper_id: secret.pepperId,
      created_at: new Date(world.clock.now()),
      ends_at: null,
    })
    .execute();
}

/**
 * Lets the present secret of a key end and removes those that were ending already, so that with the new one at most two
 * are alive.
 */
export async function endSecrets(
  tx: TenantTransaction,
  tenant: TenantContext,
  keyId: string,
  endsAt: Date,
): Promise<void> {
  const { tenantId } = tenant;
  await tx
    .deleteFrom('api_key_secrets')
    .where('tenant_id', '=', tenantId)
    .where('key_id', '=', keyId)
    .where('ends_at', 'is not', null)
    .execute();
  await tx
    .updateTable('api_key_secrets')
    .set({ ends_at: endsAt })
    .where('tenant_id', '=', tenantId)
    .where('key_id', '=', keyId)
    .execute();
}

/** A key of the tenant. */
export function findApiKey(
  tx: TenantTransaction,
  tenant: TenantContext,
  keyId: string,
): Promise<ApiKeyRecord | undefined> {
  return keyById(tx, tenant, keyId).executeTakeFirst();
}

/**
 * A key that nobody else can change until the transaction ends.
 *
 * @throws Problem `not_found`, also for another tenant's key; `conflict` when it is revoked
 */
export async function lockLiveApiKey(
  tx: TenantTransaction,
  tenant: TenantContext,
  keyId: string,
): Promise<ApiKeyRecord> {
  const row = await lockApiKey(tx, tenant, keyId);
  if (row.revoked_at === null) return row;
  throw new Problem('conflict', { detail: `the API key ${keyId} is revoked: make a new one` });
}

/** The same, revoked or not. */
export async function lockApiKey(
  tx: TenantTransaction,
  tenant: TenantContext,
  keyId: string,
): Promise<ApiKeyRecord> {
  const row = await keyById(tx, tenant, keyId).forUpdate().executeTakeFirst();
  if (row === undefined) throw notFound('API key', keyId);
  return row;
}

function keyById(tx: TenantTransaction, tenant: TenantContext, keyId: string) {
  return tx
    .selectFrom('api_keys')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .where('key_id', '=', keyId);
}

/** Changes a key that the caller has locked. */
export function updateApiKey(
  tx: TenantTransaction,
  tenant: TenantContext,
  keyId: string,
  change: Partial<Pick<ApiKeyRecord, 'rotated_at' | 'revoked_at' | 'revoked_by'>>,
): Promise<ApiKeyRecord> {
  return tx
    .updateTable('api_keys')
    .set(change)
    .where('tenant_id', '=', tenant.tenantId)
    .where('key_id', '=', keyId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Up to `limit` keys with ids above `after`, by id. */
export function listApiKeys(
  tx: TenantTransaction,
  tenant: TenantContext,
  limit: number,
  after: string | undefined,
): Promise<ApiKeyRecord[]> {
  return tx
    .selectFrom('api_keys')
    .selectAll()
    .where('tenant_id', '=', tenant.tenantId)
    .$if(after !== undefined, (list) => list.where('key_id', '>', after ?? ''))
    .orderBy('key_id')
    .limit(limit)
    .execute();
}

/** What opens a key. */
export async function listSecrets(
  tx: TenantTransaction,
  tenant: TenantContext,
  keyId: string,
): Promise<KeySecret[]> {
  const rows = await tx
    .selectFrom('api_key_secrets')
    .select(['mac', 'pepper_id', 'ends_at'])
    .where('tenant_id', '=', tenant.tenantId)
    .where('key_id', '=', keyId)
    .execute();
  return rows.map(({ mac, pepper_id: pepperId, ends_at }) => ({
    mac,
    pepperId,
    endsAt: ends_at?.getTime(),
  }));
}

/** Writes down that a key is used, unless another process just did. */
export async function noteKeyUse(
  tx: TenantTransaction,
  tenant: TenantContext,
  keyId: string,
  { now, everyMs }: { readonly now: number; readonly everyMs: number },
): Promise<void> {
  await tx
    .updateTable('api_keys')
    .set({ last_used_at: new Date(now) })
    .where('tenant_id', '=', tenant.tenantId)
    .where('key_id', '=', keyId)
    .where((on) =>
      on.or([on('last_used_at', 'is', null), on('last_used_at', '<=', new Date(now - everyMs))]),
    )
    .execute();
}

/** Puts a secret in the form of another pepper; nothing happens when it is gone, or was put so already. */
export async function renewSecret(
  tx: TenantTransaction,
  tenant: TenantContext,
  keyId: string,
  old: Pick<KeySecret, 'mac'>,
  present: Pick<KeySecret, 'mac' | 'pepperId'>,
): Promise<void> {
  await tx
    .updateTable('api_key_secrets')
    .set({ mac: present.mac, pepper_id: present.pepperId })
    .where('tenant_id', '=', tenant.tenantId)
    .where('key_id', '=', keyId)
    .where('mac', '=', Buffer.from(old.mac))
    .execute();
}
