import type { Topic } from '@tocsin/contracts/topic.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';

/** Largest body of a frame before encoding, in bytes (design 4.1). */
export const FRAME_BODY_BYTES_MAX = 512 * 1024;

/** How the items of a frame are to be read. Items are separated by one newline, with none at the end. */
export type FrameContentType =
  /** Canonical JSON, one validated event an item. */
  | 'application/x-tocsin-events'
  /** Lines as a device sent them. */
  | 'text/plain'
  /** One `{"raw","source"?,"host"?}` an item, as posted. */
  | 'application/x-tocsin-wrapped'
  /** One normalized event, alert or envelope an item. */
  | 'application/x-ndjson';

/** The unit of the bus: items of one tenant, topic and key slot. */
export interface Frame {
  /** UUIDv7 given at accept; derived for a stage's output. */
  readonly id: string;
  readonly tenantId: TenantId;
  readonly topic: Topic;
  /** Which of the tenant's slots it belongs to; 0 for a tenant with one. */
  readonly keySlot: number;
  /** Number of items in the body, at least 1. */
  readonly count: number;
  readonly contentType: FrameContentType;
  /** What the sender said the lines are, for example `linux_auth`; `''` when it said nothing. UNTRUSTED. */
  readonly sourceHint: string;
  /** Milliseconds since 1970 at accept. */
  readonly receivedAt: number;
  /** W3C trace context of the request, or `''`. */
  readonly traceparent: string;
  readonly requestId: string;
  readonly body: Buffer;
}
