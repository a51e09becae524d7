import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { join } from 'node:path';
import { isAbsent, replaceFile } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import {
  isSuccessionOf,
  type KeySuccession,
  parseSuccession,
  succeed,
  successionLine,
} from './domain/key-succession.ts';
import { type AuditKey, keyIdOf } from './domain/statement.ts';

const PRIVATE_FILE = 'audit.private.pem';
/** The key that takes over, while a rotation is under way. */
const NEXT_FILE = 'audit.private.pem.next';
/** Every succession there was, oldest first. */
const SUCCESSIONS_FILE = 'audit.keys.ndjson';
/** The public half in the keys folder: copy it to where exports are checked. */
export const AUDIT_PUBLIC_FILE = 'audit.public.pem';

/**
 * Opens the key that signs the audit chains (Ed25519, file of mode 0600), and makes it at the first start.
 * It belongs in the backup of the home: a chain goes on under the same key. Notices when it was rotated.
 */
export async function openAuditKey(world: World, folder: string): Promise<AuditKeyRing> {
  await settle(world, folder);
  const pem = await readIfThere(world, join(folder, PRIVATE_FILE));
  if (pem === undefined) {
    await world.disk.writeNew(join(folder, PRIVATE_FILE), newKeyPem());
    await world.disk.syncFolder(folder);
  }
  const ring = new AuditKeyRing(world, folder, await readKeys(world, folder));
  await writePublic(world, folder, ring.publicKey);
  return ring;
}

/** The key of a home, with those before it. */
export class AuditKeyRing implements AuditKey {
  readonly #world: World;
  readonly #folder: string;
  #keys: Keys;

  constructor(world: World, folder: string, keys: Keys) {
    this.#world = world;
    this.#folder = folder;
    this.#keys = keys;
  }

  get id(): string {
    return keyIdOf(this.#keys.publicKey);
  }

  get privateKey(): KeyObject {
    return this.#keys.privateKey;
  }

  get publicKey(): KeyObject {
    return this.#keys.publicKey;
  }

  get former(): readonly KeySuccession[] {
    return this.#keys.former;
  }

  /** Reads the files again. True when another key signs from now on. */
  async refresh(): Promise<boolean> {
    const before = this.id;
    this.#keys = await readKeys(this.#world, this.#folder);
    return this.id !== before;
  }
}

/**
 * Makes another key and lets it take over; the former private key is gone then. May be done while the product runs: it
 * signs with the new one within seconds. One at a time.
 *
 * @returns names of the key before and of the new one
 */
export async function rotateAuditKey(
  world: World,
  folder: string,
): Promise<{ readonly former: string; readonly current: string }> {
  const { disk } = world;
  const former = await openAuditKey(world, folder);
  const pem = newKeyPem();
  const next = keyOf(pem, NEXT_FILE);
  await disk.writeNew(join(folder, NEXT_FILE), pem);
  const successions = [...former.former, succeed(former, next, new Date(world.clock.now()))];
  const text = successions.map((one) => `${successionLine(one)}\n`).join('');
  await replaceFile(disk, join(folder, SUCCESSIONS_FILE), Buffer.from(text));
  await settle(world, folder);
  await writePublic(world, folder, next.publicKey);
  return { former: former.id, current: next.id };
}

interface Keys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly former: readonly KeySuccession[];
}

async function readKeys(world: World, folder: string): Promise<Keys> {
  const path = join(folder, PRIVATE_FILE);
  const key = keyOf(await world.disk.read(path), path);
  const successions = await readSuccessions(world, folder);
  // While a rotation is under way the last succession is of a key that does not sign yet.
  const last = successions.findIndex((one) => keyIdOf(one.publicKey) === key.id);
  return { ...key, former: successions.slice(0, last + 1) };
}

async function readSuccessions(world: World, folder: string): Promise<readonly KeySuccession[]> {
  const path = join(folder, SUCCESSIONS_FILE);
  const text = (await readIfThere(world, path))?.toString('utf8').trimEnd() ?? '';
  if (text === '') return [];
  const successions = text.split('\n').map(parseSuccession);
  let former = successions[0]?.former;
  for (const one of successions) {
    if (one === undefined || former === undefined || !isSuccessionOf(one, former)) {
      throw new Problem('unavailable', { detail: `${path} is damaged; put it back` });
    }
    former = one.publicKey;
  }
  return successions.filter((one) => one !== undefined);
}

/** Ends a rotation that was interrupted: the next key takes over if the former one has said so, else it is dropped. */
async function settle(world: World, folder: string): Promise<void> {
  const path = join(folder, NEXT_FILE);
  const pem = await readIfThere(world, path);
  if (pem === undefined) return;
  const last = (await readSuccessions(world, folder)).at(-1);
  const isNamed =
    last !== undefined && isKey(pem) && keyIdOf(last.publicKey) === keyOf(pem, path).id;
  if (isNamed) await world.disk.rename(path, join(folder, PRIVATE_FILE));
  else await world.disk.remove(path);
}

async function writePublic(world: World, folder: string, publicKey: KeyObject): Promise<void> {
  const pem = Buffer.from(publicKey.export({ format: 'pem', type: 'spki' }));
  await replaceFile(world.disk, join(folder, AUDIT_PUBLIC_FILE), pem);
}

function newKeyPem(): Buffer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' }));
}

/** A write that was cut off leaves a part of a key. */
function isKey(pem: Buffer): boolean {
  return pem.toString('latin1').includes('-----END PRIVATE KEY-----');
}

function keyOf(pem: Buffer, path: string): AuditKey {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new Problem('unavailable', { detail: `${path} is not an Ed25519 key; put it back` });
  }
  const publicKey = createPublicKey(privateKey);
  return { id: keyIdOf(publicKey), privateKey, publicKey };
}

async function readIfThere({ disk }: World, path: string): Promise<Buffer | undefined> {
  try {
    return await disk.read(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
