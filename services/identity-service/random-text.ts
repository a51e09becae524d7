import type { Random } from '@tocsin/kernel/random.ts';

/** 256 random bits in base64url, for ids and secrets of logins and sessions. */
export function randomText(random: Random): string {
  return Buffer.from(random.bytes(32)).toString('base64url');
}
