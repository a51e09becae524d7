import { createHash } from 'node:crypto';
import { Problem } from '@tocsin/kernel/problem.ts';

/** Longest Idempotency-Key, in characters. */
export const IDEMPOTENCY_KEY_MAX = 200;

/** A caller's key for one creation, and a hash of what it is to create. */
export interface Idempotency {
  readonly key: string;
  readonly hash: string;
}

/**
 * Reads the header `Idempotency-Key`. UNTRUSTED: any printable ASCII, used only within the caller's own cases.
 *
 * @throws Problem `invalid_request` when it is empty, too long or not printable
 */
export function readIdempotency(
  header: string | string[] | undefined,
  body: object,
): Idempotency | undefined {
  if (header === undefined) return undefined;
  const fits = typeof header === 'string' && header.length <= IDEMPOTENCY_KEY_MAX;
  if (!fits || !/^[\x21-\x7e]+$/.test(header)) {
    throw new Problem('invalid_request', {
      detail: `the header Idempotency-Key has 1 to ${IDEMPOTENCY_KEY_MAX} printable characters`,
    });
  }
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  return { key: header, hash };
}

/** @throws Problem `conflict` when the key was used for something else */
export function checkSameRequest(given: Idempotency, hash: string | null): void {
  if (given.hash === hash) return;
  throw new Problem('conflict', {
    detail: 'this Idempotency-Key was used with another body: send a new key',
  });
}
