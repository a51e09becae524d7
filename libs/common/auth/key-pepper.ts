import { createHmac, createSecretKey, hash, hkdfSync, type KeyObject } from 'node:crypto';
import { assert } from '@tocsin/kernel/assert.ts';
import { isAbsent, replaceFile } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';

const PEPPER_FILE = 'api-key.pepper';
/** The pepper before, while keys of it are still used. */
const OLD_PEPPER_FILE = `${PEPPER_FILE}.old`;
const PEPPER_BYTES = 32;

/** The form of a secret by one pepper. */
export interface SecretMac {
  readonly mac: Buffer;
  readonly pepperId: string;
}

/**
 * The server's own secret in the stored form of API keys: who reads the database alone can neither use a key nor test
 * guesses of one. HMAC-SHA-256 suffices, because secrets of keys are random: a slow hash would only make each request
 * dear.
 */
export class KeyPepper {
  /** Which pepper this is, without telling it: stored beside each secret. */
  readonly id: string;
  readonly #key: KeyObject;
  readonly #old: KeyPepper | undefined;

  /**
   * @param bytes - 32 bytes or more
   * @param old - the pepper before: keys of it are still taken, and stored anew when they are used
   */
  constructor(bytes: Uint8Array, old?: KeyPepper) {
    assert(bytes.length >= PEPPER_BYTES, `a pepper has at least ${PEPPER_BYTES} bytes`);
    this.id = hash('sha256', Buffer.concat([Buffer.from('tocsin pepper id\n'), bytes])).slice(
      0,
      16,
    );
    this.#key = createSecretKey(bytes);
    this.#old = old;
  }

  /** 32 bytes for another purpose: who has them learns nothing of the pepper or of other purposes (HKDF, RFC 5869). */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, '', `tocsin ${purpose}`, 32));
  }

  /** Says whether this pepper, or the one before, is meant. */
  knows(id: string): boolean {
    return id === this.id || (this.#old?.knows(id) ?? false);
  }

  /** The stored form of a secret: 32 bytes, bound to its key id so that rows cannot be swapped. */
  mac(keyId: string, secret: string): Buffer {
    return createHmac('sha256', this.#key).update(`${keyId}.${secret}`).digest();
  }

  /** The same by this pepper, first, and by the one before. */
  macs(keyId: string, secret: string): readonly [SecretMac, ...SecretMac[]] {
    const own = { mac: this.mac(keyId, secret), pepperId: this.id };
    if (this.#old === undefined) return [own];
    return [own, { mac: this.#old.mac(keyId, secret), pepperId: this.#old.id }];
  }
}

/**
 * Makes the pepper of a home (file of mode 0600) unless it is there. Only one process may do that at a time: the lock of
 * the home is held. Losing the file makes every API key useless, so it belongs into the backup.
 */
export async function preparePepper({ disk, random }: World, folder: string): Promise<void> {
  const path = `${folder}/${PEPPER_FILE}`;
  try {
    await disk.read(path);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    await replaceFile(disk, path, Buffer.from(random.bytes(PEPPER_BYTES)));
  }
}

/**
 * Reads the pepper of a home, and the one before where its file is there.
 *
 * @throws {@link Problem} `unavailable` when a file is too short to be one
 */
export async function openPepper(world: World, folder: string): Promise<KeyPepper> {
  const bytes = await readPepper(world, folder, PEPPER_FILE);
  try {
    return new KeyPepper(bytes, new KeyPepper(await readPepper(world, folder, OLD_PEPPER_FILE)));
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return new KeyPepper(bytes);
  }
}

async function readPepper({ disk }: World, folder: string, file: string): Promise<Uint8Array> {
  const bytes = await disk.read(`${folder}/${file}`);
  if (bytes.length >= PEPPER_BYTES) return bytes;
  throw new Problem('unavailable', {
    detail: `the file ${file} in the keys folder is damaged: put it back from a backup, or remove it and make every API key anew`,
  });
}
