import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { isAbsent } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { type AuditKey, keyIdOf } from './domain/statement.ts';

const PRIVATE_FILE = 'audit.private.pem';
/** The public half in the keys folder: copy it to where exports are checked. */
export const AUDIT_PUBLIC_FILE = 'audit.public.pem';

/**
 * Opens the key that signs the audit chains (Ed25519, file of mode 0600), and makes it at the first start.
 * It belongs in the backup of the home: a chain goes on under the same key.
 */
export async function openAuditKey({ disk }: World, folder: string): Promise<AuditKey> {
  const path = join(folder, PRIVATE_FILE);
  const pem = await disk.read(path).catch(async (error: unknown) => {
    if (!isAbsent(error)) throw error;
    const made = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
    await disk.writeNew(path, Buffer.from(made));
    return Buffer.from(made);
  });
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new Problem('unavailable', { detail: `${path} is not an Ed25519 key; put it back` });
  }
  const publicKey = createPublicKey(privateKey);
  await disk.remove(join(folder, AUDIT_PUBLIC_FILE));
  const publicPem = publicKey.export({ format: 'pem', type: 'spki' });
  await disk.writeNew(join(folder, AUDIT_PUBLIC_FILE), Buffer.from(publicPem));
  await disk.syncFolder(folder);
  return { id: keyIdOf(publicKey), privateKey, publicKey };
}
