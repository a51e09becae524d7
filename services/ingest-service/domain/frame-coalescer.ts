import type { EventBus } from '@tocsin/bus/event-bus.ts';
import { FRAME_BODY_BYTES_MAX, type Frame, type FrameContentType } from '@tocsin/bus/frame.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { ReceiptPart } from './receipt.ts';

/** Frames of one key on their way to the bus at once. While so many are, items wait and share the next frame. */
export const PUBLISHING_MAX = 2;

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

interface OpenFrame {
  readonly id: string;
  readonly receivedAt: number;
  readonly origin: FrameOrigin;
  readonly pieces: Buffer[];
  bytes: number;
  count: number;
  readonly waiting: { resolve: () => void; reject: (error: unknown) => void }[];
}

/** The frames of one key: one open, others closed and waiting, few being published. */
interface Lane {
  readonly key: FrameKey;
  open: OpenFrame | undefined;
  readonly closed: OpenFrame[];
  publishing: number;
}

const NEWLINE = Buffer.from('\n');

/**
 * Packs the items of concurrent requests into frames, so that senders of single events share one write to disk
 * (design 3.1). There is no timer: a frame goes as soon as the bus is free for its key, and what comes meanwhile
 * fills the next, so items linger at most as long as one publish takes.
 */
export class FrameCoalescer {
  readonly #bus: EventBus;
  readonly #world: World;
  readonly #lanes = new Map<string, Lane>();

  constructor(bus: EventBus, world: World) {
    this.#bus = bus;
    this.#world = world;
  }

  /** Adds the items of one request; resolves when all are durable. Each item is one line of at most a frame's size. */
  async add(key: FrameKey, origin: FrameOrigin, items: readonly Buffer[]): Promise<ReceiptPart[]> {
    const lane = this.#lane(key);
    const parts: ReceiptPart[] = [];
    const durable: Promise<void>[] = [];
    for (let at = 0; at < items.length; ) {
      const frame = this.#openFrame(lane, origin, items[at]?.length ?? 0);
      const first = frame.count;
      at = fill(frame, items, at);
      parts.push({ frameId: frame.id, first, count: frame.count - first });
      durable.push(new Promise((resolve, reject) => frame.waiting.push({ resolve, reject })));
    }
    setImmediate(() => this.#pump(lane));
    await Promise.all(durable);
    return parts;
  }

  #lane(key: FrameKey): Lane {
    const name = `${key.tenantId}\n${key.contentType}\n${key.sourceHint}`;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { key, open: undefined, closed: [], publishing: 0 };
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  /** The open frame, or a new one when the next item does not fit. */
  #openFrame(lane: Lane, origin: FrameOrigin, nextBytes: number): OpenFrame {
    if (lane.open !== undefined && lane.open.bytes + 1 + nextBytes > FRAME_BODY_BYTES_MAX) {
      lane.closed.push(lane.open);
      lane.open = undefined;
    }
    lane.open ??= {
      id: uuidV7(this.#world.clock, this.#world.random),
      receivedAt: this.#world.clock.now(),
      origin,
      pieces: [],
      bytes: 0,
      count: 0,
      waiting: [],
    };
    return lane.open;
  }

  #pump(lane: Lane): void {
    while (lane.publishing < PUBLISHING_MAX) {
      const frame = lane.closed.shift() ?? lane.open;
      if (frame === undefined) break;
      if (frame === lane.open) lane.open = undefined;
      lane.publishing += 1;
      void this.#publish(lane, frame);
    }
    if (lane.publishing === 0)
      this.#lanes.delete(`${lane.key.tenantId}\n${lane.key.contentType}\n${lane.key.sourceHint}`);
  }

  async #publish(lane: Lane, frame: OpenFrame): Promise<void> {
    try {
      await this.#bus.publish([toFrame(lane.key, frame)]);
      for (const request of frame.waiting) request.resolve();
    } catch (error) {
      for (const request of frame.waiting) request.reject(error);
    }
    lane.publishing -= 1;
    this.#pump(lane);
  }
}

/** Puts items into a frame until it is full; returns the index of the first that did not fit. */
function fill(frame: OpenFrame, items: readonly Buffer[], from: number): number {
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

function toFrame(key: FrameKey, frame: OpenFrame): Frame {
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
