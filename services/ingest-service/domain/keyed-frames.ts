import { crc32 } from 'node:zlib';
import type { Frame } from '@tocsin/bus/frame.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import type { LineRun } from './line-runs.ts';
import { type FrameKey, type FrameOrigin, fillFrame, openFrame, toFrame } from './open-frame.ts';
import type { ReceiptPart } from './receipt.ts';

/** Longest `Idempotency-Key`, characters. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 128;

/**
 * Reads the header `Idempotency-Key`: 1 to 128 visible ASCII characters. UNTRUSTED.
 *
 * @throws Problem `invalid_request`
 */
export function parseIdempotencyKey(value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value)) return value;
  throw new Problem('invalid_request', {
    detail: `Idempotency-Key has 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} visible ASCII characters, for example a UUID`,
    errors: [{ pointer: '', detail: 'the header Idempotency-Key' }],
  });
}

/**
 * Packs a request that carries an idempotency key into frames of its own, whose ids derive from the tenant, the key and
 * the content: sent again, after an answer that never came, it makes the same frames, which are stored once.
 * Other content under the same key makes other frames: a client's mistake never loses data.
 */
export function keyedFrames(
  key: FrameKey,
  origin: FrameOrigin,
  runs: readonly LineRun[],
  idempotencyKey: string,
  receivedAt: number,
): { frames: Frame[]; parts: ReceiptPart[] } {
  const namespace = uuidV5(TOCSIN_NAMESPACE, `idempotency/${key.tenantId}`);
  const frames: Frame[] = [];
  const parts: ReceiptPart[] = [];
  for (let at = 0; at < runs.length; ) {
    const open = openFrame('', receivedAt, origin);
    at = fillFrame(open, runs, at);
    const frame = toFrame(key, open);
    const content = `${crc32(frame.body)}/${frame.body.length}/${key.contentType}/${key.sourceHint}`;
    const id = uuidV5(namespace, `${idempotencyKey}/${frames.length}/${content}`);
    frames.push({ ...frame, id });
    parts.push({ frameId: id, first: 0, count: frame.count });
  }
  return { frames, parts };
}
