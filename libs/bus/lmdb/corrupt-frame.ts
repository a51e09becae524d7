import { TOCSIN_NAMESPACE, uuidV5 } from '@tocsin/kernel/uuid.ts';
import type { Frame } from '../frame.ts';
import type { Source } from './source.ts';

/** Longest part of a corrupt record that is kept with its dead letter, in bytes. */
export const CORRUPT_BYTES_MAX = 64 * 1024;

/**
 * Stands for a frame that cannot be read: as a dead letter with what is left of its body and a count of 1,
 * and with a count of 0 where it would have been delivered, so that the cursor can pass it.
 */
export function corruptFrame(source: Source, seq: number, body: Buffer, count: 0 | 1): Frame {
  return {
    id: uuidV5(TOCSIN_NAMESPACE, `corrupt/${source.key}/${seq}`),
    tenantId: source.tenantId,
    topic: source.topic,
    keySlot: 0,
    count,
    contentType: 'text/plain',
    sourceHint: '',
    receivedAt: source.headTotals.newestAt,
    traceparent: '',
    requestId: '',
    body,
  };
}
