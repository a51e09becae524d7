import type { EventBus } from '@tocsin/bus/event-bus.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { keyedFrames } from './keyed-frames.ts';
import type { LineRun } from './line-runs.ts';
import {
  type FrameKey,
  type FrameOrigin,
  fillFrame,
  fits,
  type OpenFrame,
  openFrame,
  toFrame,
} from './open-frame.ts';
import type { ReceiptPart } from './receipt.ts';

/** Frames of one key on their way to the bus at once. While so many are, items wait and share the next frame. */
export const PUBLISHING_MAX = 2;

/** The frames of one key: one open, others closed and waiting, few being published. */
interface Lane {
  readonly key: FrameKey;
  open: OpenFrame | undefined;
  readonly closed: OpenFrame[];
  publishing: number;
}

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

  /** Publishes a request that carries an idempotency key, in frames of its own. */
  async addKeyed(
    key: FrameKey,
    origin: FrameOrigin,
    runs: readonly LineRun[],
    idempotencyKey: string,
  ): Promise<ReceiptPart[]> {
    const now = this.#world.clock.now();
    const { frames, parts } = keyedFrames(key, origin, runs, idempotencyKey, now);
    await this.#bus.publish(frames);
    return parts;
  }

  /** Adds the items of one request; resolves when all are durable. Each item is one line of at most a frame's size. */
  async add(key: FrameKey, origin: FrameOrigin, runs: readonly LineRun[]): Promise<ReceiptPart[]> {
    const lane = this.#lane(key);
    const parts: ReceiptPart[] = [];
    const durable: Promise<void>[] = [];
    for (let at = 0; at < runs.length; ) {
      const frame = this.#openFrame(lane, origin, runs[at]);
      const first = frame.count;
      at = fillFrame(frame, runs, at);
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

  /** The open frame, or a new one when the next run does not fit. */
  #openFrame(lane: Lane, origin: FrameOrigin, next: LineRun | undefined): OpenFrame {
    if (lane.open !== undefined && next !== undefined && !fits(lane.open, next)) {
      lane.closed.push(lane.open);
      lane.open = undefined;
    }
    const { clock, random } = this.#world;
    lane.open ??= openFrame(uuidV7(clock, random), clock.now(), origin);
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
