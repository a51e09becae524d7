import type { TenantId } from './tenant-id.ts';
import { TOCSIN_NAMESPACE, uuidBytes, uuidV5 } from './uuid.ts';

/** Namespace (4 words), frame id (4 words), ordinal (1 word): 288 bits, so the hash is of one block. */
const MESSAGE_BITS = 288;
const PADDING = 0x80000000 | 0;
const HEX_DIGITS = new TextEncoder().encode('0123456789abcdef');
const DASH = 0x2d;

/** Gives the id of a frame's n-th event. */
export type DeriveEventId = (ordinal: number) => string;

/**
 * Event ids of one frame, for events whose client gave none (design 3.2): UUIDv5 (RFC 9562 section 5.5) whose
 * namespace is UUIDv5(Tocsin, tenant) and whose name is the 16 bytes of the frame id and the ordinal as
 * 4 bytes, big-endian. The same frame gives the same ids on every replay.
 *
 * SHA-1 is done here and not by `node:crypto` because a call there costs more than a whole event may.
 *
 * @param frameId a UUID in text form
 */
export function deriveEventIds(tenantId: TenantId, frameId: string): DeriveEventId {
  const words = new Int32Array(80);
  const prefix = new DataView(new ArrayBuffer(32));
  const bytes = new Uint8Array(prefix.buffer);
  bytes.set(namespaceOf(tenantId), 0);
  bytes.set(uuidBytes(frameId), 16);
  for (let index = 0; index < 8; index += 1) words[index] = prefix.getInt32(index * 4);
  words[9] = PADDING;
  words[15] = MESSAGE_BITS;
  const digest = new Int32Array(5);
  const text = Buffer.alloc(36);
  return (ordinal) => {
    words[8] = ordinal;
    hashBlock(words, digest);
    digest[1] = ((digest[1] as number) & 0xffff0fff) | 0x5000;
    digest[2] = ((digest[2] as number) & 0x3fffffff) | 0x80000000;
    return formatDigest(digest, text);
  };
}

/** Namespaces remembered, at most; past it the oldest goes. */
const NAMESPACES_MAX = 10_000;
const namespaces = new Map<TenantId, Uint8Array>();

function namespaceOf(tenantId: TenantId): Uint8Array {
  let bytes = namespaces.get(tenantId);
  if (bytes === undefined) {
    bytes = uuidBytes(uuidV5(TOCSIN_NAMESPACE, tenantId));
    const [oldest] = namespaces.keys();
    if (namespaces.size >= NAMESPACES_MAX && oldest !== undefined) namespaces.delete(oldest);
    namespaces.set(tenantId, bytes);
  }
  return bytes;
}

/** SHA-1 (FIPS 180-4 section 6.1.2) of one padded block, given as words 0 to 15; the rest of `words` is scratch. */
function hashBlock(words: Int32Array, digest: Int32Array): void {
  for (let t = 16; t < 80; t += 1) {
    const mixed =
      (words[t - 3] as number) ^
      (words[t - 8] as number) ^
      (words[t - 14] as number) ^
      (words[t - 16] as number);
    words[t] = (mixed << 1) | (mixed >>> 31);
  }
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  let e = 0xc3d2e1f0 | 0;
  for (let t = 0; t < 20; t += 1) {
    const next =
      (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + 0x5a827999 + (words[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 20; t < 40; t += 1) {
    const next =
      (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + (words[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 40; t < 60; t += 1) {
    const next =
      (((a << 5) | (a >>> 27)) +
        ((b & c) | (b & d) | (c & d)) +
        e +
        0x8f1bbcdc +
        (words[t] as number)) |
      0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 60; t < 80; t += 1) {
    const next =
      (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0xca62c1d6 + (words[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  digest[0] = (a + 0x67452301) | 0;
  digest[1] = (b + 0xefcdab89) | 0;
  digest[2] = (c + 0x98badcfe) | 0;
  digest[3] = (d + 0x10325476) | 0;
  digest[4] = (e + 0xc3d2e1f0) | 0;
}

/** The first 128 bits as a UUID in lower case. `text` is scratch of 36 bytes. */
function formatDigest(digest: Int32Array, text: Buffer): string {
  let at = 0;
  for (let nibble = 0; nibble < 32; nibble += 1) {
    if (nibble === 8 || nibble === 12 || nibble === 16 || nibble === 20) {
      text[at] = DASH;
      at += 1;
    }
    const word = digest[nibble >>> 3] as number;
    text[at] = HEX_DIGITS[(word >>> (28 - (nibble & 7) * 4)) & 15] as number;
    at += 1;
  }
  return text.toString('latin1');
}
