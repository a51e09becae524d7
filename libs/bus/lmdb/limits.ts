import type { Topic } from '@tocsin/contracts/topic.ts';

/**
 * Topics that bring work in from outside. The others are what stages publish on behalf of frames they already have:
 * refusing those would keep the stages from ever finishing, so they have limits of their own.
 */
export function isIntake(topic: Topic): boolean {
  return topic === 'raw.events';
}

/** Limits of the embedded bus. Each is counted when it is hit (`BusCounters`). */
export interface LmdbBusLimits {
  /**
   * A generation of frames is closed at this size, in bytes; default 64 MiB. Up to three of a topic are mapped, and what
   * was read of them is memory of the process.
   */
  readonly generationBytesMax: number;
  /** A generation of frames is closed at this age, in milliseconds; default 1 h. */
  readonly generationMsMax: number;
  /** Frames that every group has committed are kept this long, so that lost state can be rebuilt; default 2 h. */
  readonly retentionMs: number;
  /** Frames of a topic that no group ever read are kept this long; default 7 days. */
  readonly unclaimedRetentionMs: number;
  /**
   * Bytes of one tenant and topic that the slowest group has not committed; past it `too_many_requests`; default 2 GiB.
   * Per topic, as a stage must be able to publish its output while its input is full.
   */
  readonly tenantWaitingBytesMax: number;
  /** The same of all tenants of a topic together; past it `unavailable`; default 8 GiB. */
  readonly homeWaitingBytesMax: number;
  /** Bytes of a topic's frames in memory that wait for their commit; past it `unavailable`; default 256 MiB. */
  readonly commitQueueBytesMax: number;
  /** Part of the disk that intake leaves free; below it `storage_full`; default 0.1. Stages may use half of it. */
  readonly freeDiskMin: number;
  /** Newest frames kept in memory for consumers that keep up, in bytes of bodies; default 32 MiB. */
  readonly cacheBytesMax: number;
  /** A consumer that was not heard of for this long loses its shards to one that asks; default 10 s. */
  readonly leaseMs: number;
  /** Dead letters of a tenant, topic and group; the oldest is dropped past it; default 100,000. */
  readonly deadLettersMax: number;
}

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

export const LMDB_BUS_LIMITS: LmdbBusLimits = {
  generationBytesMax: 64 * MIB,
  generationMsMax: HOUR_MS,
  retentionMs: 2 * HOUR_MS,
  unclaimedRetentionMs: 7 * 24 * HOUR_MS,
  tenantWaitingBytesMax: 2048 * MIB,
  homeWaitingBytesMax: 8192 * MIB,
  commitQueueBytesMax: 256 * MIB,
  freeDiskMin: 0.1,
  cacheBytesMax: 32 * MIB,
  leaseMs: 10_000,
  deadLettersMax: 100_000,
};

/** What the bus has done and refused since it was opened. */
export interface BusCounters {
  publishedFrames: number;
  publishedEvents: number;
  publishedBytes: number;
  commits: number;
  refusedTenantLimit: number;
  refusedHomeLimit: number;
  refusedDiskFull: number;
  /** Records that had changed on disk: parked with their reason, never delivered as data. */
  corruptFrames: number;
  deadLettersParked: number;
  deadLettersDropped: number;
  generationsUnlinked: number;
  /** Generations unlinked before `retentionMs` because the disk was nearly full. */
  generationsUnlinkedEarly: number;
  /** Unlinked generations with frames that no group ever read. */
  generationsUnlinkedUnclaimed: number;
}

export function newCounters(): BusCounters {
  return {
    publishedFrames: 0,
    publishedEvents: 0,
    publishedBytes: 0,
    commits: 0,
    refusedTenantLimit: 0,
    refusedHomeLimit: 0,
    refusedDiskFull: 0,
    corruptFrames: 0,
    deadLettersParked: 0,
    deadLettersDropped: 0,
    generationsUnlinked: 0,
    generationsUnlinkedEarly: 0,
    generationsUnlinkedUnclaimed: 0,
  };
}
