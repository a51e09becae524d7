import type { LogTopic, Topic, WorkTopic } from '@tocsin/contracts/topic.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Frame } from './frame.ts';

/** What an adapter promises beyond the contract. The conformance suite reads it; a test cannot switch a check off. */
export interface EventBusCapabilities {
  /** What a resolved `publish` survives: a power cut, the end of the process, or nothing. */
  readonly durable: 'power' | 'process' | 'none';
  /** How the durability is known: the adapter saw the setting, was told by the operator, or cannot know. */
  readonly durabilityKnown: 'verified' | 'stated' | 'unknown';
  /** Can a group read again from before its cursor? */
  readonly replay: boolean;
  /** Does a flood of one tenant delay another tenant of the same shard at most twofold? */
  readonly fairWithinShard: boolean;
}

/** A consumer group, for example `pipeline`, `correlate`: `^[a-z][a-z0-9-]{0,40}$`. Each group sees every frame. */
export type GroupName = string;

/** One ordered sequence of frames. Offsets start at 1 and grow by one; applied offsets are kept per source. */
export interface LogSource {
  readonly topic: LogTopic;
  readonly shard: number;
  readonly tenantId: TenantId;
}

export interface LogPosition extends LogSource {
  readonly offset: number;
}

/** A frame as a log delivers it. */
export interface LogEntry {
  readonly position: LogPosition;
  readonly frame: Frame;
  /** True for a frame at or below the committed cursor, delivered again because of `rewindMs`. */
  readonly replayed: boolean;
  /** Ordinal of the frame's first item: above 0 only while a poisoned frame is bisected. */
  readonly firstOrdinal: number;
  /**
   * True while a poisoned frame is bisected and another part of it follows in the next `handle` call:
   * do not commit or remember this offset yet, apply the parts together when the last one came.
   * The last part may be empty (`frame.count` 0, empty body): the items before it were parked.
   */
  readonly more?: true;
}

/** The right to read shards of a topic, as long as the lease lasts. */
export interface Assignment {
  /** Grows with every change of owner. Cursors and applied state of an older epoch are refused. */
  readonly epoch: number;
  /** Each source's cursor when the shards were taken over; a source without one starts at offset 1. */
  readonly committed: readonly LogPosition[];
  /** Aborted when the lease is lost or the consumer stops. */
  readonly signal: AbortSignal;
  /**
   * Moves cursors: everything at or below each position is done. Never moves one back.
   *
   * @throws Problem `lease_lost` when another owner has a newer epoch
   */
  commit(positions: readonly LogPosition[]): Promise<void>;
  /** Parks one item for people, durably, with the reason. The caller then goes on as if it were done. */
  deadLetter(entry: LogEntry, ordinal: number, reason: string): Promise<void>;
}

/**
 * Reads a log. `handle` gets entries in order per source and may return before they are done;
 * it calls `commit` itself, when archive, store, windows and alerts have them (design 3.7).
 * When it throws and the fault is not retryable, the consumer bisects the frame down to the item and dead-letters it.
 */
export interface LogHandler {
  handle(entries: readonly LogEntry[], assignment: Assignment): Promise<void>;
  /** Called when shards are taken over, before the first entry. `assignment.committed` gives each source's cursor. */
  assigned?(assignment: Assignment): Promise<void>;
  /** Called when the consumer stops or loses the lease: finish and commit what is done. */
  revoked?(assignment: Assignment): Promise<void>;
}

export interface LogOptions {
  /** Largest sum of bodies per `handle` call; default 4 MiB. */
  readonly batchBytesMax?: number;
  /**
   * Deliver again what was received up to this long before the committed cursor (state was lost); default 0.
   * Looked at each time shards are taken over.
   */
  readonly rewindMs?: number;
  /** Read from the newest frame when the group is new; default false: from the oldest kept. */
  readonly fromNewest?: boolean;
}

/** One leased message of a work topic. */
export interface WorkItem {
  readonly frame: Frame;
  /** 1 on the first delivery. */
  readonly attempt: number;
  /** Keeps the lease for another `leaseMs`. */
  extend(): Promise<void>;
}

/** Resolve = done. Throw = retried after 2^attempt s; a Problem that is not retryable goes to the dead letters at once. */
export type WorkHandler = (item: WorkItem) => Promise<void>;

export interface WorkOptions {
  /** Deliveries before an item is parked; default 5. */
  readonly attemptsMax?: number;
  /** How long one delivery may take before another worker gets the item; default 30 s. */
  readonly leaseMs?: number;
  /** Items handled at once; default 4. */
  readonly concurrency?: number;
}

/** A running consumer. */
export interface Consumer {
  /** Stops reading, lets the running handler finish, gives the lease back. Idempotent. */
  stop(): Promise<void>;
}

/** What waits for a group. */
export interface TenantDepth {
  readonly tenantId: TenantId;
  readonly frames: number;
  readonly events: number;
  readonly bytes: number;
  /** Milliseconds since 1970 of the oldest waiting frame. */
  readonly oldestAt: number | undefined;
  readonly deadLetters: number;
}

export interface QueueDepth {
  readonly topic: Topic;
  readonly group: GroupName;
  readonly tenants: readonly TenantDepth[];
}

/** A parked item: one line of a frame, or one work message. */
export interface DeadLetter {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly frame: Frame;
  readonly ordinal: number;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: number;
}

/** The dead letters of a topic and group. Every method takes the tenant: another tenant's letters do not exist. */
export interface DeadLetterQueue {
  list(tenantId: TenantId, limit: number, after?: string): Promise<readonly DeadLetter[]>;
  /** Publishes the item again and removes the letter. False when there is none. */
  redrive(tenantId: TenantId, id: string): Promise<boolean>;
  discard(tenantId: TenantId, id: string): Promise<boolean>;
}

/**
 * Carries frames between stages, at least once. Consumers name a logical topic over all tenants.
 * After a failed fsync an adapter stops acknowledging and the process ends (design 4.1).
 */
export interface EventBus {
  readonly capabilities: EventBusCapabilities;
  /**
   * Resolves when all frames are as durable as `capabilities` says; all or none of one call (of those of one topic,
   * when a crash comes between the topics of a mixed call).
   * An empty call does nothing. Bodies must never be changed afterwards: consumers may be given the same bytes.
   *
   * @throws Problem `too_many_requests` (a tenant's limit in bytes or age), `unavailable` or `storage_full` (the home's)
   */
  publish(frames: readonly Frame[]): Promise<void>;
  consumeLog(
    topic: LogTopic,
    group: GroupName,
    handler: LogHandler,
    options?: LogOptions,
  ): Promise<Consumer>;
  consumeWork(
    topic: WorkTopic,
    group: GroupName,
    handler: WorkHandler,
    options?: WorkOptions,
  ): Promise<Consumer>;
  depth(topic: Topic, group: GroupName): Promise<QueueDepth>;
  deadLetters(topic: Topic, group: GroupName): DeadLetterQueue;
  /** Stops its consumers and closes. Idempotent. */
  close(): Promise<void>;
}
