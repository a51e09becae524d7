import { FRAME_BODY_BYTES_MAX, type Frame, type FrameContentType } from '@tocsin/bus/frame.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { LineRun } from './line-runs.ts';

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

/** Puts runs of items into a frame until it is full; returns the index of the first that did not fit. */
export function fillFrame(frame: OpenFrame, runs: readonly LineRun[], from: number): number {
  let at = from;
  for (let run = runs[at]; run !== undefined; run = runs[at]) {
    if (frame.count > 0 && !fits(frame, run)) break;
    const last = frame.pieces.at(-1);
    const joined = last === undefined ? undefined : joinedNeighbours(last, run.bytes);
    if (joined !== undefined) frame.pieces[frame.pieces.length - 1] = joined;
    else if (last !== undefined) frame.pieces.push(NEWLINE, run.bytes);
    else frame.pieces.push(run.bytes);
    frame.bytes += run.bytes.length + (last === undefined ? 0 : 1);
    frame.count += run.count;
    at += 1;
  }
  return at;
}

/**
 * Two runs of one body with only a newline between them, as the one slice that they are. So a frame of one request is
 * not copied: copies are memory outside the heap, whose collection is what accepting costs most.
 */
function joinedNeighbours(first: Buffer, second: Buffer): Buffer | undefined {
  const gap = first.byteOffset + first.length;
  if (first.buffer !== second.buffer || gap + 1 !== second.byteOffset) return undefined;
  const joined = Buffer.from(first.buffer, first.byteOffset, first.length + 1 + second.length);
  return joined[first.length] === NEWLINE[0] ? joined : undefined;
}

/** Says whether a frame has room for another run. */
export function fits(frame: OpenFrame, run: LineRun): boolean {
  return frame.bytes + 1 + run.bytes.length <= FRAME_BODY_BYTES_MAX;
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
    body: wholeOf(frame),
  };
}

function wholeOf({ pieces, bytes }: OpenFrame): Buffer {
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, bytes);
}
