import { crc32 } from 'node:zlib';
import type { MetaKey } from './meta-store.ts';

const SEAL_BYTES = 4;

/** A value with a checksum of it and of its key before it: LMDB itself has none. */
export function seal(key: MetaKey, value: Buffer): Buffer {
  const sealed = Buffer.allocUnsafe(SEAL_BYTES + value.length);
  sealed.writeUInt32BE(sumOf(key, value));
  value.copy(sealed, SEAL_BYTES);
  return sealed;
}

/**
 * The value as it was given to {@link seal}; undefined when it, or its key, is not what was sealed.
 *
 * @param key UNTRUSTED, as `sealed` is: of a file that may have been changed
 */
export function unseal(key: MetaKey, sealed: Buffer): Buffer | undefined {
  // Changed bytes of a key may stand for other kinds of values, which have no JSON.
  const isKey = key.every((part) => typeof part === 'string' || typeof part === 'number');
  if (!isKey || sealed.length < SEAL_BYTES) return undefined;
  const value = sealed.subarray(SEAL_BYTES);
  return sealed.readUInt32BE() === sumOf(key, value) ? value : undefined;
}

function sumOf(key: MetaKey, value: Buffer): number {
  return crc32(value, crc32(JSON.stringify(key)));
}
