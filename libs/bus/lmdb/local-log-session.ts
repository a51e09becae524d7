import type { LogTopic } from '@tocsin/contracts/topic.ts';
import { type Clock, sleep } from '@tocsin/kernel/clock.ts';
import { isProblem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import { reasonOf } from '../consumer-shell.ts';
import type { LogEntry, LogPosition } from '../event-bus.ts';
import type { Frame } from '../frame.ts';
import type { LogSession } from '../log-session.ts';
import { CORRUPT_BYTES_MAX, corruptFrame } from './corrupt-frame.ts';
import type { DeadLetterStore } from './dead-letter-store.ts';
import { FairQueue, type Supply } from './fair-queue.ts';
import type { FrameStore } from './frame-store.ts';
import type { Group } from './group.ts';
import type { GroupTable } from './group-table.ts';
import type { Lease } from './lease.ts';
import type { BusCounters } from './limits.ts';
import type { Source } from './source.ts';

/** What a local session works on. */
export interface LocalSessionParts {
  readonly log: FrameStore;
  readonly groups: GroupTable;
  readonly deadLetters: DeadLetterStore;
  readonly counters: BusCounters;
  readonly clock: Clock;
}

/** Reads the shards of a topic for one group: in order per source, tenants in fair turns. */
export class LocalLogSession implements LogSession {
  readonly epoch: number;
  readonly leaseMs: number;
  readonly lost: Promise<void>;
  readonly committed: readonly LogPosition[];
  readonly group: Group;
  readonly #parts: LocalSessionParts;
  readonly #lease: Lease;
  readonly #rewindMs: number;
  readonly #queue = new FairQueue<LogEntry>((entry) => entry.frame.body.length);
  readonly #readers = new Map<Source, SourceReader>();
  readonly #corrupt: CorruptRecord[] = [];
  #wake: () => void = () => undefined;

  constructor(parts: LocalSessionParts, group: Group, lease: Lease, rewindMs: number) {
    this.#parts = parts;
    this.#lease = lease;
    this.#rewindMs = rewindMs;
    this.group = group;
    this.epoch = lease.epoch;
    this.leaseMs = lease.leaseMs;
    this.lost = lease.ended;
    const sources = [...parts.log.sourcesOf(group.topic)];
    this.committed = sources
      .filter((source) => group.offsetOf(source) > 0)
      .map((source) => positionOf(source, group.offsetOf(source)));
    for (const source of sources) this.wake(source);
  }

  /** Tells that a source has new frames. */
  wake(source: Source): void {
    let reader = this.#readers.get(source);
    if (reader === undefined) {
      reader = new SourceReader(this.#parts.log, source, this.#start(source), (record) => {
        this.#corrupt.push(record);
      });
      this.#readers.set(source, reader);
    }
    if (reader.behind) {
      this.#queue.wake(reader);
      this.#wake();
    }
  }

  async next(bytesMax: number, waitMs: number, signal: AbortSignal): Promise<readonly LogEntry[]> {
    this.#lease.renew();
    if (this.#queue.isEmpty) await this.#waitForFrames(waitMs, signal);
    if (signal.aborted) return [];
    this.#lease.renew();
    const entries = this.#queue.take(bytesMax);
    await this.#parkCorrupt();
    return entries;
  }

  async renew(): Promise<void> {
    this.#lease.renew();
  }

  commit(positions: readonly LogPosition[]): Promise<void> {
    return this.#parts.groups.commit(this.group, this.#lease, positions);
  }

  async deadLetter(item: LogEntry, ordinal: number, reason: string): Promise<void> {
    this.#lease.check();
    const { topic, name: group } = this.group;
    const frame = oneItemOf(item, ordinal);
    await this.#parts.deadLetters.park({ topic, group, frame, ordinal, reason, attempts: 1 });
  }

  async close(): Promise<void> {
    if (this.#lease.active) this.#lease.end();
    this.#wake();
  }

  /** The first frame to read: after the cursor, or earlier when the group wants to read again. */
  #start(source: Source): { next: number; committed: number } {
    const { log } = this.#parts;
    const committed = this.group.offsetOf(source);
    if (this.#rewindMs <= 0 || committed === 0) return { next: committed + 1, committed };
    const since = this.group.totalsOf(source).newestAt - this.#rewindMs;
    return { next: Math.min(committed + 1, log.firstSince(source, since)), committed };
  }

  async #waitForFrames(waitMs: number, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const stop = (): void => done.abort();
    this.#wake = stop;
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted || !this.#lease.active) stop();
    await sleep(this.#parts.clock, waitMs, done.signal);
    signal.removeEventListener('abort', stop);
    this.#wake = () => undefined;
  }

  /** Records that had changed on disk are parked before the entries behind them are given out. */
  async #parkCorrupt(): Promise<void> {
    const { topic, name: group } = this.group;
    for (const { frame, reason } of this.#corrupt.splice(0)) {
      this.#parts.counters.corruptFrames += 1;
      const item = { topic, group, frame, ordinal: 0, reason, attempts: 1 };
      await this.#parts.deadLetters.park(item);
    }
  }
}

/** A record that is not what was written, as a frame of one item that holds its bytes. */
interface CorruptRecord {
  readonly frame: Frame;
  readonly reason: string;
}

/** Reads one source in order; skips what retention took. */
class SourceReader implements Supply<LogEntry> {
  readonly tenantId: TenantId;
  readonly #log: FrameStore;
  readonly #source: Source;
  readonly #committed: number;
  readonly #onCorrupt: (record: CorruptRecord) => void;
  #next: number;
  #held: LogEntry | undefined;

  constructor(
    log: FrameStore,
    source: Source,
    start: { next: number; committed: number },
    onCorrupt: (record: CorruptRecord) => void,
  ) {
    this.tenantId = source.tenantId;
    this.#log = log;
    this.#source = source;
    this.#committed = start.committed;
    this.#next = start.next;
    this.#onCorrupt = onCorrupt;
  }

  get behind(): boolean {
    return this.#next <= this.#source.head;
  }

  peek(): LogEntry | undefined {
    if (this.#held !== undefined) return this.#held;
    this.#passGone();
    if (!this.behind) return undefined;
    this.#held = {
      position: positionOf(this.#source, this.#next),
      frame: this.#read(),
      replayed: this.#next <= this.#committed,
      firstOrdinal: 0,
    };
    return this.#held;
  }

  take(): void {
    this.#held = undefined;
    this.#next += 1;
  }

  /** Passes what retention took. It takes nothing that this group has still to read: that was lost, and is named. */
  #passGone(): void {
    const { oldest } = this.#source;
    if (this.#next >= oldest) return;
    if (this.#committed > 0 && this.#next > this.#committed) {
      const frame = corruptFrame(this.#source, this.#next, EMPTY, 1);
      this.#onCorrupt({ frame, reason: `missing: frames ${this.#next} to ${oldest - 1}` });
    }
    this.#next = oldest;
  }

  #read(): Frame {
    const source = this.#source;
    try {
      const frame = this.#log.read(source, this.#next);
      if (frame !== undefined) return frame;
      this.#onCorrupt({ frame: corruptFrame(source, this.#next, EMPTY, 1), reason: 'missing' });
    } catch (error) {
      if (!isProblem(error, 'invalid_request')) throw error;
      const body = this.#log.readRecord(source, this.#next)?.body ?? EMPTY;
      const kept = Buffer.from(body.subarray(0, CORRUPT_BYTES_MAX));
      const reason = reasonOf(error);
      this.#onCorrupt({ frame: corruptFrame(source, this.#next, kept, 1), reason });
    }
    return corruptFrame(source, this.#next, EMPTY, 0);
  }
}

const EMPTY = Buffer.alloc(0);

function positionOf(source: Source, offset: number): LogPosition {
  const { shard, tenantId } = source;
  return { topic: source.topic as LogTopic, shard, tenantId, offset };
}

/** The frame with only the item of that ordinal in it. */
function oneItemOf(entry: LogEntry, ordinal: number): Frame {
  const { frame, firstOrdinal } = entry;
  if (frame.count <= 1) return frame;
  let start = 0;
  for (let skip = ordinal - firstOrdinal; skip > 0; skip -= 1) {
    const newline = frame.body.indexOf(10, start);
    if (newline < 0) break;
    start = newline + 1;
  }
  const end = frame.body.indexOf(10, start);
  return { ...frame, count: 1, body: frame.body.subarray(start, end < 0 ? undefined : end) };
}
