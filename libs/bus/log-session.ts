import type { LogTopic, Topic } from '@tocsin/contracts/topic.ts';
import type { GroupName, LogEntry, LogPosition } from './event-bus.ts';

/** What a consumer asks for when it wants to own the shards of a topic. */
export interface LogSessionRequest {
  readonly topic: LogTopic;
  readonly group: GroupName;
  readonly rewindMs: number;
  /** How long to wait for the lease of another owner to end, in milliseconds. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /**
   * The process that asks. A new run of the same process takes the lease of its earlier run at once
   * instead of waiting for it to end: the epoch keeps the old one from doing harm.
   */
  readonly owner?: LeaseOwner;
}

/** A process by its name, and which run of it. */
export interface LeaseOwner {
  readonly name: string;
  readonly run: string;
}

/**
 * One ownership of a topic's shards: the low-level reader below `consumeLog`.
 * It remembers what it gave out; after any error of `next` it is closed and a new one starts from the cursors.
 */
export interface LogSession {
  readonly epoch: number;
  readonly committed: readonly LogPosition[];
  /** The lease ends this long after the last `renew` or `next`. */
  readonly leaseMs: number;
  /** Settles when another owner took the lease. Never rejects. */
  readonly lost: Promise<void>;
  /**
   * The next entries in order per source, at most `bytesMax` of bodies but at least one.
   * Empty when nothing came within `waitMs`, or when the signal aborted.
   *
   * @throws Problem `lease_lost` when another owner has taken over
   */
  next(bytesMax: number, waitMs: number, signal: AbortSignal): Promise<readonly LogEntry[]>;
  renew(): Promise<void>;
  commit(positions: readonly LogPosition[]): Promise<void>;
  /** Parks the one item that `item.frame` holds. Idempotent by group, frame id and ordinal. */
  deadLetter(item: LogEntry, ordinal: number, reason: string): Promise<void>;
  /** Gives the lease back. Idempotent. */
  close(): Promise<void>;
}

/** Makes a group known to an adapter: from then on frames wait for it. */
export interface GroupRegistry {
  /** @param fromNewest a new group starts behind the newest frames instead of at the oldest kept */
  registerGroup(topic: Topic, group: GroupName, fromNewest: boolean): Promise<void>;
}

/** An adapter's side of `consumeLog`. */
export interface LogFeed {
  /** Takes the lease; `undefined` when another owner still has it after `waitMs`. */
  openLog(request: LogSessionRequest): Promise<LogSession | undefined>;
}
