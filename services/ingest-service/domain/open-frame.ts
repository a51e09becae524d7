import { FRAME_BODY_BYTES_MAX, type Frame, type FrameContentType } from '@tocsin/bus/frame.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';

/** What items have in common that share a frame. */
export interface FrameKey {
  readonly tenantId: TenantId;
  readonly contentType: FrameContentType;
  readonly sourceHint: string;
}

/** Where a request comes from, for the logs and traces of what follows. */
export interface FrameOrigin {
  readonly requestId: string;
  readonly traceparent: string;
}

/** A frame that still takes items. */
export interface OpenFrame {
  readonly id: string;
  readonly receivedAt: number;
  readonly origin: FrameOrigin;
  readonly pieces: Buffer[];
  bytes: number;
  count: number;
  readonly waiting: { resolve: () => void; reject: (error: unknown) => void }[];
}

const NEWLINE = Buffer.from('\n');

/** An empty frame. */
export function openFrame(id: string, receivedAt: number, origin: FrameOrigin): OpenFrame {
  return { id, receivedAt, origin, pieces: [], bytes: 0, count: 0, waiting: [] };
}

/** Puts items into a frame until it is full; returns the index of the first that did not fit. */
export function fillFrame(frame: OpenFrame, items: readonly Buffer[], from: number): number {
  let at = from;
  for (let item = items[at]; item !== undefined; item = items[at]) {
    if (frame.count > 0 && frame.bytes + 1 + item.length > FRAME_BODY_BYTES_MAX) break;
    if (frame.count > 0) {
      frame.pieces.push(NEWLINE);
      frame.bytes += 1;
    }
    frame.pieces.push(item);
    frame.bytes += item.length;
    frame.count += 1;
    at += 1;
  }
  return at;
}

/** The frame as it is published. */
export function toFrame(key: FrameKey, frame: OpenFrame): Frame {
  return {
    id: frame.id,
    tenantId: key.tenantId,
    topic: 'raw.events',
    keySlot: 0,
    count: frame.count,
    contentType: key.contentType,
    sourceHint: key.sourceHint,
    receivedAt: frame.receivedAt,
    traceparent: frame.origin.traceparent,
    requestId: frame.origin.requestId,
    body: Buffer.concat(frame.pieces, frame.bytes),
  };
}
