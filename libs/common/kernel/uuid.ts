import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The namespace below which all of Tocsin's derived ids lie. Fixed for ever: ids depend on it. */
export const TOCSIN_NAMESPACE = '5b6f2f0a-7a58-4c1e-9a53-2b9a9f1d7c11';

/** Says whether an untrusted value is a UUID in its text form (RFC 9562 section 4), in either case. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && value.length === 36 && PATTERN.test(value);
}

/** 16 bytes as text, lower case. */
export function formatUuid(bytes: Uint8Array, offset = 0): string {
  let text = '';
  for (let index = 0; index < 16; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += HEX[bytes[offset + index] ?? 0];
  }
  return text;
}

/** Text as 16 bytes. The text must be a UUID ({@link isUuid}). */
export function uuidBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll('-', ''), 'hex');
}

/** A name-based id (RFC 9562 section 5.5): the same namespace and name give the same id, always. */
export function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1').update(uuidBytes(namespace)).update(name).digest();
  return formatUuid(stamp(hash, 0x50));
}

/** A random id that sorts by time (RFC 9562 section 5.7). */
export function uuidV7(clock: Clock, random: Random): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(clock.now(), 0, 6);
  bytes.set(random.bytes(10), 6);
  return formatUuid(stamp(bytes, 0x70));
}

/** Sets version and variant (RFC 9562 sections 4.1 and 4.2). */
function stamp(bytes: Buffer, version: number): Buffer {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | version;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}
