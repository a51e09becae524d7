import { formatApiKey, newKeySecret } from '@tocsin/auth/api-key.ts';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { TenantTransaction } from '@tocsin/database/database.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { type ApiKeyRecord, insertSecret } from './records.ts';

/** Makes a new secret for a key, stores its HMAC, and gives the whole key: the only time it is known. */
export async function giveSecret(
  { pepper, world }: IdentityDeps,
  tx: TenantTransaction,
  tenant: TenantContext,
  { key_id: keyId, environment }: ApiKeyRecord,
): Promise<string> {
  const secret = newKeySecret(world.random);
  const stored = { mac: pepper.mac(keyId, secret), pepperId: pepper.id };
  await insertSecret(tx, tenant, keyId, stored, world);
  return formatApiKey({ environment, keyId, secret });
}
