import type { EventBus } from '@tocsin/bus/event-bus.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { FairShare } from '@tocsin/limits/fair-share.ts';
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

/**
 * Bytes of items that wait for the bus, at most. The gateway bounds what is on its way as received; this bounds it as
 * decompressed, which may be a thousand times as much. A tenant alone may use two thirds of it, so that others find
 * room while it floods.
 */
export const WAITING_BYTES_MAX = 128 * 1024 * 1024;

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
  readonly #waiting = new FairShare(WAITING_BYTES_MAX, 2);

  constructor(bus: EventBus, world: World) {
    this.#bus = bus;
    this.#world = world;
  }

  /**
   * Publishes a request that carries an idempotency key, in frames of its own.
   *
   * @throws Problem `too_many_requests` past {@link WAITING_BYTES_MAX}, and what the bus throws
   */
  async addKeyed(
    key: FrameKey,
    origin: FrameOrigin,
    runs: readonly LineRun[],
    idempotencyKey: string,
  ): Promise<ReceiptPart[]> {
    const now = this.#world.clock.now();
    const { frames, parts } = keyedFrames(key, origin, runs, idempotencyKey, now);
    await this.#bounded(key, runs, () => this.#bus.publish(frames));
    return parts;
  }

  /**
   * Adds the items of one request; resolves when all are durable. Each item is one line of at most a frame's size.
   *
   * @throws Problem `too_many_requests` past {@link WAITING_BYTES_MAX}, and what the bus throws
   */
  async add(key: FrameKey, origin: FrameOrigin, runs: readonly LineRun[]): Promise<ReceiptPart[]> {
    const parts: ReceiptPart[] = [];
    await this.#bounded(key, runs, () => this.#pack(key, origin, runs, parts));
    return parts;
  }

  /** Puts runs into frames and resolves when these are durable; tells their places in `parts`. */
  async #pack(
    key: FrameKey,
    origin: FrameOrigin,
    runs: readonly LineRun[],
    parts: ReceiptPart[],
  ): Promise<void> {
    const lane = this.#lane(key);
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
  }

  async #bounded(
    { tenantId }: FrameKey,
    runs: readonly LineRun[],
    work: () => Promise<void>,
  ): Promise<void> {
    const bytes = runs.reduce((sum, run) => sum + run.bytes.length, 0);
    if (!this.#waiting.take(tenantId, bytes)) {
      throw new Problem('too_many_requests', {
        detail: 'more data came than can be written: send it again in a second',
        retryAfterSeconds: 1,
        members: { limit: 'waiting_bytes', subject: 'tenant' },
      });
    }
    try {
      await work();
    } finally {
      this.#waiting.giveBack(tenantId, bytes);
    }
  }

  #lane(key: FrameKey): Lane {
    const name = nameOf(key);
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
    // Another lane may have taken the name after this one was done.
    const name = nameOf(lane.key);
    if (lane.publishing === 0 && this.#lanes.get(name) === lane) this.#lanes.delete(name);
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

function nameOf({ tenantId, contentType, sourceHint }: FrameKey): string {
  return `${tenantId}\n${contentType}\n${sourceHint}`;
}
