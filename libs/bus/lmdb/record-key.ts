import { fromBufferKey } from 'ordered-binary';

/**
 * The parts of a key as LMDB keeps it; undefined when it is none of ours.
 *
 * @param bytes UNTRUSTED: of a damaged file
 */
export function readKey(bytes: Buffer): readonly unknown[] | undefined {
  try {
    const key: unknown = fromBufferKey(bytes);
    return Array.isArray(key) ? key : undefined;
  } catch {
    // Bytes that are no key at all.
    return undefined;
  }
}
