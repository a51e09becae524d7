import type { LogTopic } from '@tocsin/contracts/topic.ts';
import type { CancelTimer } from '@tocsin/kernel/clock.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { backOff, type ConsumerShell, isRetryable, reasonOf } from './consumer-shell.ts';
import type {
  Assignment,
  Consumer,
  GroupName,
  LogEntry,
  LogHandler,
  LogOptions,
  LogPosition,
  LogSource,
} from './event-bus.ts';
import type { LogFeed, LogSession } from './log-session.ts';
import { emptyEnd, splitEntry } from './split-entry.ts';

/** Default of `LogOptions.batchBytesMax`. */
export const BATCH_BYTES_MAX = 4 * 1024 * 1024;

/** How long one `next` or one try for the lease waits: only a fallback, both are woken. */
const WAIT_MS = 10_000;

/** Starts the one loop that reads every adapter's logs. Resolves at once; the lease is waited for inside. */
export function startLogConsumer(
  feed: LogFeed,
  shell: ConsumerShell,
  topic: LogTopic,
  group: GroupName,
  handler: LogHandler,
  options: LogOptions = {},
): Consumer {
  const consumer = new LogConsumer(feed, shell, topic, group, handler, options);
  consumer.start();
  return consumer;
}

class LogConsumer implements Consumer {
  readonly #feed: LogFeed;
  readonly #shell: ConsumerShell;
  readonly #topic: LogTopic;
  readonly #group: GroupName;
  readonly #handler: LogHandler;
  readonly #options: LogOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(
    feed: LogFeed,
    shell: ConsumerShell,
    topic: LogTopic,
    group: GroupName,
    handler: LogHandler,
    options: LogOptions,
  ) {
    this.#feed = feed;
    this.#shell = shell;
    this.#topic = topic;
    this.#group = group;
    this.#handler = handler;
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const session = await this.#open();
        failures = 0;
        if (session === undefined) continue;
        const served = new ServedSession(session, this.#shell, this.#handler, this.#options);
        await served.serve(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#shell.report(error, 'reading the log');
        await backOff(this.#shell.clock, failures, signal);
        failures += 1;
      }
    }
  }

  #open(): Promise<LogSession | undefined> {
    return this.#feed.openLog({
      topic: this.#topic,
      group: this.#group,
      rewindMs: this.#options.rewindMs ?? 0,
      waitMs: WAIT_MS,
      signal: this.#stopping.signal,
    });
  }
}

/** One ownership: delivers until the consumer stops, the lease is lost or reading fails. */
class ServedSession {
  readonly #session: LogSession;
  readonly #shell: ConsumerShell;
  readonly #handler: LogHandler;
  readonly #batchBytesMax: number;
  readonly #ended = new AbortController();
  readonly #assignment: Assignment;
  /** Per source, the frame of which parts are still to be delivered: its offset cannot be committed yet. */
  readonly #unfinished = new Map<string, number>();
  #cancelHeartbeat: CancelTimer = () => undefined;

  constructor(session: LogSession, shell: ConsumerShell, handler: LogHandler, options: LogOptions) {
    this.#session = session;
    this.#shell = shell;
    this.#handler = handler;
    this.#batchBytesMax = options.batchBytesMax ?? BATCH_BYTES_MAX;
    this.#assignment = {
      epoch: session.epoch,
      committed: session.committed,
      signal: this.#ended.signal,
      commit: (positions) => this.#commit(positions),
      deadLetter: (entry, ordinal, reason) => session.deadLetter(entry, ordinal, reason),
    };
  }

  /** Throws what ended it, unless that is `stop` or a lost lease. */
  async serve(stop: AbortSignal): Promise<void> {
    const end = (): void => this.#ended.abort();
    if (stop.aborted) end();
    stop.addEventListener('abort', end, { once: true });
    void this.#session.lost.then(end);
    this.#beat();
    try {
      await this.#handler.assigned?.(this.#assignment);
      await this.#deliverUntilEnd();
    } catch (error) {
      if (!this.#ended.signal.aborted && !isProblem(error, 'lease_lost')) throw error;
    } finally {
      this.#cancelHeartbeat();
      stop.removeEventListener('abort', end);
      this.#ended.abort();
      await this.#revoke();
    }
  }

  async #deliverUntilEnd(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const entries = await this.#session.next(this.#batchBytesMax, WAIT_MS, signal);
      if (entries.length > 0 && !signal.aborted) await this.#deliver(entries);
    }
  }

  /** Hands entries over until the handler takes them; looks for the poisoned item when it will never do so. */
  async #deliver(entries: readonly LogEntry[]): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#handler.handle(entries, this.#assignment);
      } catch (error) {
        if (this.#ended.signal.aborted || isProblem(error, 'lease_lost')) throw error;
        this.#shell.report(error, 'handling entries of the log');
        if (!isRetryable(error)) return await this.#bisect(entries, error);
      }
      await this.#pause(attempt);
    }
  }

  async #bisect(entries: readonly LogEntry[], fault: unknown): Promise<void> {
    const [entry] = entries;
    if (entry === undefined) return;
    if (entries.length > 1) {
      const half = entries.length >>> 1;
      await this.#deliver(entries.slice(0, half));
      return await this.#deliver(entries.slice(half));
    }
    // The empty end of a frame has nothing left to park: the next frame's commit covers it.
    if (entry.frame.count === 0) return;
    const parts = splitEntry(entry);
    if (parts === undefined) return await this.#park(entry, fault);
    const [left, right] = parts;
    const key = sourceKey(entry.position);
    this.#unfinished.set(key, entry.position.offset);
    await this.#deliver([left]);
    if (right.more === undefined) this.#unfinished.delete(key);
    await this.#deliver([right]);
  }

  async #park(entry: LogEntry, fault: unknown): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#session.deadLetter(entry, entry.firstOrdinal, reasonOf(fault));
        break;
      } catch (error) {
        if (this.#ended.signal.aborted || !isRetryable(error)) throw error;
        this.#shell.report(error, 'parking a dead letter');
      }
      await this.#pause(attempt);
    }
    if (entry.more === undefined) await this.#deliver([emptyEnd(entry)]);
  }

  async #pause(attempt: number): Promise<void> {
    const { signal } = this.#ended;
    await backOff(this.#shell.clock, attempt, signal);
    signal.throwIfAborted();
  }

  /** A handler that commits after each call must not pass a frame whose other half it has not seen. */
  #commit(positions: readonly LogPosition[]): Promise<void> {
    if (this.#unfinished.size === 0) return this.#session.commit(positions);
    const allowed = positions.map((position) => {
      const unfinished = this.#unfinished.get(sourceKey(position));
      return unfinished === undefined || position.offset < unfinished
        ? position
        : { ...position, offset: unfinished - 1 };
    });
    return this.#session.commit(allowed.filter((position) => position.offset > 0));
  }

  #beat(): void {
    const { clock } = this.#shell;
    this.#cancelHeartbeat = clock.after(this.#session.leaseMs / 3, () => {
      this.#session.renew().then(
        () => this.#ended.signal.aborted || this.#beat(),
        (error: unknown) => {
          if (isProblem(error, 'lease_lost')) return this.#ended.abort();
          if (!this.#ended.signal.aborted) this.#beat();
          this.#shell.report(error, 'renewing a lease');
        },
      );
    });
  }

  async #revoke(): Promise<void> {
    try {
      await this.#handler.revoked?.(this.#assignment);
    } catch (error) {
      this.#shell.report(error, 'giving shards back');
    }
    try {
      await this.#session.close();
    } catch (error) {
      this.#shell.report(error, 'closing a reading session');
    }
  }
}

function sourceKey(source: LogSource): string {
  return `${source.topic}/${source.shard}/${source.tenantId}`;
}
