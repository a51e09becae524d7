import { Worker } from 'node:worker_threads';
import type {
  Assignment,
  Consumer,
  EventBus,
  LogEntry,
  LogHandler,
} from '@tocsin/bus/event-bus.ts';
import type { TenantBacklog } from '@tocsin/content-service/content-deps.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { messageOf } from '@tocsin/kernel/message-of.ts';
import type { DeferredEntry, DeferredRule, FoundInFrame } from './deferred-protocol.ts';
import { PortCalls } from './port-calls.ts';

/** Where frames wait for rules off the hot path. */
export const DEFERRED_TOPIC = 'deferred.events';
export const DEFERRED_GROUP = 'deferred';

/** How long one frame may take, milliseconds; past it its items are tried one by one, and what does not end is parked. */
export const DEFERRED_FRAME_MS = 60_000;
const BATCH_BYTES_MAX = 1024 * 1024;

export interface DeferredLaneParts {
  readonly bus: EventBus;
  readonly clock: Clock;
  /** Hands a frame to the pipeline's thread; resolves when it is counted. */
  readonly give: (entry: DeferredEntry) => Promise<void>;
  /** Makes what was handed over durable and moves the cursors. */
  readonly barrier: () => Promise<void>;
  readonly frameMs?: number;
}

/** The thread that tries rules. */
interface LaneThread {
  readonly worker: Worker;
  readonly calls: PortCalls;
  /** Settles when the newest rules are taken, or cannot be: the next frame waits for it and meets the failure. */
  hasRules: Promise<unknown>;
}

/** Why a thread gave nothing. */
interface Failure {
  readonly failed: string;
}

/**
 * Tries rules that cost too much, or break, in a thread of their own, on frames that wait on the bus for it: durable,
 * in order, at its own pace. The pipeline's thread counts what it finds and moves its cursor.
 */
export class DeferredLane implements LogHandler {
  readonly #parts: DeferredLaneParts;
  #rules: readonly DeferredRule[] = [];
  #thread: LaneThread | undefined;
  #consumer: Promise<Consumer> | undefined;
  #assignment: Assignment | undefined;
  #stopping = false;

  constructor(parts: DeferredLaneParts) {
    this.#parts = parts;
  }

  /** Takes the rules to try. The first ones start the lane. */
  async setRules(rules: readonly DeferredRule[], rewindMs: number): Promise<void> {
    this.#rules = rules;
    if (this.#thread !== undefined) this.#tellRules(this.#thread);
    // Told of rules after the end: a consumer would have nobody to stop it.
    if (this.#stopping || this.#consumer !== undefined || rules.length === 0) return;
    const options = { batchBytesMax: BATCH_BYTES_MAX, rewindMs };
    this.#consumer = this.#parts.bus.consumeLog(DEFERRED_TOPIC, DEFERRED_GROUP, this, options);
    await this.#consumer;
  }

  /** Frames that are not done. */
  async waiting(): Promise<number> {
    const tenants = await this.waitingByTenant();
    return tenants.reduce((sum, { frames }) => sum + frames, 0);
  }

  /** Frames that are not done, of the tenants that have some. */
  async waitingByTenant(): Promise<readonly TenantBacklog[]> {
    if (this.#consumer === undefined) return [];
    const { tenants } = await this.#parts.bus.depth(DEFERRED_TOPIC, DEFERRED_GROUP);
    return tenants.flatMap(({ tenantId, frames }) => (frames === 0 ? [] : [{ tenantId, frames }]));
  }

  /** Takes nothing more; what was handed over becomes durable. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#thread?.worker.terminate();
    await (await this.#consumer)?.stop();
    // The one that a frame under way began meanwhile.
    await this.#thread?.worker.terminate();
  }

  revoked(): Promise<void> {
    return this.#parts.barrier();
  }

  assigned(assignment: Assignment): Promise<void> {
    this.#assignment = assignment;
    return Promise.resolve();
  }

  async handle(entries: readonly LogEntry[], assignment: Assignment): Promise<void> {
    this.#assignment = assignment;
    for (const entry of entries) {
      if (this.#stopping || assignment.signal.aborted) return;
      const { position, frame, replayed } = entry;
      const found = await this.#evaluate(entry, assignment);
      if (found === undefined) return;
      const { tenantId, receivedAt } = frame;
      const waiting = await this.waiting();
      await this.#parts.give({ ...found, position, tenantId, receivedAt, replayed, waiting });
    }
  }

  async commit(positions: Parameters<Assignment['commit']>[0]): Promise<void> {
    await this.#assignment?.commit(positions);
  }

  /** Undefined when the lane stops meanwhile. */
  async #evaluate(entry: LogEntry, assignment: Assignment): Promise<FoundInFrame | undefined> {
    if (entry.frame.count === 0) return NOTHING;
    const whole = await this.#take(entry, undefined);
    if (this.#stopping) return undefined;
    if (!('failed' in whole)) return whole;
    const parts: FoundInFrame[] = [];
    const faults = [whole.failed];
    for (let ordinal = 0; ordinal < entry.frame.count; ordinal += 1) {
      const part = await this.#take(entry, ordinal);
      if (this.#stopping) return undefined;
      if (!('failed' in part)) {
        parts.push(part);
        continue;
      }
      const reason = `a rule off the hot path did not end on it: ${part.failed}`;
      faults.push(`item ${ordinal} is parked: ${part.failed}`);
      await assignment.deadLetter(entry, ordinal, reason);
    }
    return {
      found: parts.flatMap(({ found }) => found),
      costs: parts.flatMap(({ costs }) => costs),
      faults: [...faults, ...parts.flatMap((part) => part.faults)],
    };
  }

  /** A failure when the thread breaks or does not end in time: it is ended, and the next call has a new one. */
  async #take({ frame }: LogEntry, only: number | undefined): Promise<FoundInFrame | Failure> {
    const thread = this.#running();
    const frameMs = this.#parts.frameMs ?? DEFERRED_FRAME_MS;
    const late = Promise.withResolvers<Failure>();
    const cancel = this.#parts.clock.after(frameMs, () =>
      late.resolve({ failed: `the thread did not end within ${frameMs} ms` }),
    );
    const sent = { ...frame, body: new Uint8Array(frame.body) };
    const taken = thread.hasRules
      .then(() => thread.calls.call<FoundInFrame>('take', [sent, only]))
      .catch((error: unknown): Failure => ({ failed: `the thread failed: ${messageOf(error)}` }));
    const found = await Promise.race([taken, late.promise]);
    cancel();
    if ('failed' in found) {
      if (this.#thread === thread) this.#thread = undefined;
      await thread.worker.terminate();
    }
    return found;
  }

  #running(): LaneThread {
    if (this.#thread !== undefined) return this.#thread;
    const worker = new Worker(new URL('./deferred-worker.ts', import.meta.url));
    const calls = new PortCalls(worker, {});
    const thread: LaneThread = { worker, calls, hasRules: Promise.resolve() };
    const gone = (error: unknown): void => {
      calls.fail(error);
      if (this.#thread === thread) this.#thread = undefined;
    };
    worker.on('error', gone);
    worker.on('exit', () => gone(new Error('the thread of deferred rules ended')));
    this.#thread = thread;
    this.#tellRules(thread);
    return thread;
  }

  /** What goes wrong is met by the next frame: rules that were not taken must not be passed over in silence. */
  #tellRules(thread: LaneThread): void {
    thread.hasRules = thread.calls.call('setRules', [this.#rules]);
    thread.hasRules.catch(() => undefined);
  }
}

const NOTHING: FoundInFrame = { found: [], costs: [], faults: [] };
