import { type LogTopic, type Topic, WORK_TOPICS, type WorkTopic } from '@tocsin/contracts/topic.ts';
import type { CancelTimer } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { ConsumerReport } from '../consumer-shell.ts';
import type {
  Consumer,
  DeadLetterQueue,
  EventBus,
  EventBusCapabilities,
  GroupName,
  LogHandler,
  LogOptions,
  QueueDepth,
  WorkHandler,
  WorkOptions,
} from '../event-bus.ts';
import type { Frame } from '../frame.ts';
import { checkFrame } from '../frame-codec.ts';
import { parseGroupName } from '../group-name.ts';
import { startLogConsumer } from '../log-consumer.ts';
import type { GroupRegistry, LogFeed, LogSession, LogSessionRequest } from '../log-session.ts';
import { startWorkConsumer } from '../work-consumer.ts';
import type { LeasedWork, WorkFeed, WorkOutcome, WorkReceipt, WorkRequest } from '../work-feed.ts';
import { Admission } from './admission.ts';
import { DeadLetterStore } from './dead-letter-store.ts';
import { depthOf } from './depth.ts';
import { DiskFloor, type ReadDiskSpace, readDiskSpace } from './disk-floor.ts';
import type { FatalLatch } from './fatal-latch.ts';
import type { FrameStore } from './frame-store.ts';
import type { Group } from './group.ts';
import { GroupCommit } from './group-commit.ts';
import { GroupTable } from './group-table.ts';
import {
  type BusCounters,
  type LMDB_BUS_LIMITS,
  type LmdbBusLimits,
  newCounters,
} from './limits.ts';
import { LocalDeadLetterQueue } from './local-dead-letter-queue.ts';
import { LocalLogSession } from './local-log-session.ts';
import type { MetaStore } from './meta-store.ts';
import type { FileRepair } from './repair-file.ts';
import { Retention } from './retention.ts';
import type { Source } from './source.ts';
import { WorkQueue, type WorkQueueParts } from './work-queue.ts';

/** How often generations are looked through for ones to unlink. */
const SWEEP_MS = 60_000;

/** What an embedded bus is opened with; limits have the defaults of {@link LMDB_BUS_LIMITS}. */
export interface LmdbEventBusOptions extends Partial<LmdbBusLimits> {
  /** Folder of the bus, created when absent. One process at a time may open it: the caller holds the home's lock. */
  readonly folder: string;
  readonly world: World;
  /** Called once when a commit failed: the process must end, nothing is acknowledged any more. */
  readonly onFatal: (error: Error) => void;
  /** Told of failures in consumers; default: nothing. */
  readonly report?: ConsumerReport;
  /** Told of each file of frames that was damaged and written anew; default: nothing. */
  readonly onRepair?: (repair: FileRepair) => void;
  /** Replaces `statfs`, for tests. */
  readonly readDiskSpace?: ReadDiskSpace;
}

/** The embedded {@link EventBus}, and the sessions that the remote one is served from. */
export class LmdbEventBus implements EventBus, GroupRegistry, LogFeed, WorkFeed {
  readonly capabilities: EventBusCapabilities = {
    durable: 'power',
    durabilityKnown: 'verified',
    replay: true,
    fairWithinShard: true,
  };
  /** What was done and refused since the bus was opened; for metrics. */
  readonly counters: Readonly<BusCounters>;
  /** Files of frames that were damaged, as they were found, until somebody takes them away. */
  readonly damaged: readonly string[];
  readonly #counters: BusCounters;
  readonly #world: World;
  readonly #report: ConsumerReport;
  readonly #frames: FrameStore;
  readonly #meta: MetaStore;
  readonly #latch: FatalLatch;
  /** Commits of each topic, under way beside each other. */
  readonly #publishing = new Map<Topic, GroupCommit<readonly Frame[]>>();
  readonly #admission: Admission;
  readonly #diskFloor: DiskFloor;
  readonly #groups: GroupTable;
  readonly #deadLetters: DeadLetterStore;
  readonly #parts: WorkQueueParts;
  readonly #retention: Retention;
  readonly #sessions = new Map<Topic, Set<LocalLogSession>>();
  readonly #workQueues = new Map<Group, WorkQueue>();
  readonly #consumers = new Set<Consumer>();
  #cancelSweep: CancelTimer = () => undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(
    options: LmdbEventBusOptions,
    limits: LmdbBusLimits,
    frames: FrameStore,
    meta: MetaStore,
    latch: FatalLatch,
    damaged: readonly string[],
  ) {
    this.damaged = damaged;
    const { folder, world } = options;
    const { clock } = world;
    const counters = newCounters();
    this.counters = counters;
    this.#counters = counters;
    this.#world = world;
    this.#report = options.report ?? (() => undefined);
    this.#frames = frames;
    this.#meta = meta;
    this.#latch = latch;
    this.#admission = new Admission(limits, counters);
    const readSpace = options.readDiskSpace ?? readDiskSpace;
    this.#diskFloor = new DiskFloor(folder, limits.freeDiskMin, clock, counters, readSpace);
    this.#groups = new GroupTable(meta, frames, world, limits.leaseMs, (source) => {
      this.#account(source);
    });
    this.#deadLetters = new DeadLetterStore(meta, clock, counters, limits.deadLettersMax);
    const { groups, deadLetters } = { groups: this.#groups, deadLetters: this.#deadLetters };
    this.#parts = { log: frames, meta, groups, deadLetters, counters, world };
    this.#retention = new Retention(frames, this.#groups, meta, world, limits, counters);
    for (const source of frames.allSources()) this.#account(source);
    this.#scheduleSweep();
  }

  /** Bytes that wait for the slowest groups, all topics and tenants: a gauge for `/ready` and metrics. */
  get waitingBytes(): number {
    return this.#admission.waitingBytes;
  }

  async publish(frames: readonly Frame[]): Promise<void> {
    this.#checkOpen();
    if (frames.length === 0) return;
    for (const frame of frames) checkFrame(frame);
    const byTopic = Map.groupBy(frames, ({ topic }) => topic);
    await this.#diskFloor.check([...byTopic.keys()]);
    this.#checkOpen();
    const release = this.#admission.admit(frames);
    try {
      const added = [...byTopic].map(([topic, some]) => {
        return this.#commitsOf(topic).add(some, bytesOf(some), oneTenantOf(some));
      });
      await Promise.all(added);
    } finally {
      release();
    }
  }

  async consumeLog(
    topic: LogTopic,
    group: GroupName,
    handler: LogHandler,
    options?: LogOptions,
  ): Promise<Consumer> {
    this.#checkOpen();
    const name = parseGroupName(group);
    await this.registerGroup(topic, name, options?.fromNewest ?? false);
    const shell = { clock: this.#world.clock, report: this.#report };
    return this.#track(startLogConsumer(this, shell, topic, name, handler, options));
  }

  async consumeWork(
    topic: WorkTopic,
    group: GroupName,
    handler: WorkHandler,
    options?: WorkOptions,
  ): Promise<Consumer> {
    this.#checkOpen();
    const name = parseGroupName(group);
    await this.registerGroup(topic, name, false);
    const shell = { clock: this.#world.clock, report: this.#report };
    return this.#track(startWorkConsumer(this, shell, topic, name, handler, options));
  }

  async registerGroup(topic: Topic, group: GroupName, fromNewest: boolean): Promise<void> {
    this.#checkOpen();
    await this.#groups.register(topic, parseGroupName(group), fromNewest);
  }

  async openLog(request: LogSessionRequest): Promise<LogSession | undefined> {
    this.#checkOpen();
    const { topic, group: name, rewindMs } = request;
    const group = await this.#groups.register(topic, parseGroupName(name), false);
    const lease = await this.#groups.acquire(group, request);
    if (lease === undefined) return undefined;
    this.#checkOpen();
    const parts = {
      ...this.#parts,
      clock: this.#world.clock,
    };
    const session = new LocalLogSession(parts, group, lease, rewindMs);
    const sessions = this.#sessionsOf(topic);
    sessions.add(session);
    void lease.ended.then(() => sessions.delete(session));
    return session;
  }

  async leaseWork(request: WorkRequest): Promise<readonly LeasedWork[]> {
    this.#checkOpen();
    const name = parseGroupName(request.group);
    const group = await this.#groups.register(request.topic, name, false);
    this.#checkOpen();
    return await this.#workQueue(group).lease(request);
  }

  // The two below also work while the bus closes: running handlers finish first.
  async extendWork(receipt: WorkReceipt, leaseMs: number): Promise<void> {
    this.#latch.check();
    await this.#workQueueOf(receipt).extend(receipt, leaseMs);
  }

  async finishWork(receipt: WorkReceipt, outcome: WorkOutcome): Promise<void> {
    this.#latch.check();
    await this.#workQueueOf(receipt).finish(receipt, outcome);
  }

  async depth(topic: Topic, group: GroupName): Promise<QueueDepth> {
    this.#checkOpen();
    const name = parseGroupName(group);
    const known = this.#groups.find(topic, name);
    const isWork = WORK_TOPICS.some((work) => work === topic);
    const queue = known && isWork ? this.#workQueue(known) : undefined;
    const doneBeyond = (source: Source): number => queue?.doneAboveCursor(source) ?? 0;
    return depthOf(this.#frames, this.#deadLetters, topic, name, known, doneBeyond);
  }

  deadLetters(topic: Topic, group: GroupName): DeadLetterQueue {
    return new LocalDeadLetterQueue(this.#deadLetters, this, topic, parseGroupName(group));
  }

  /**
   * Removes what is left of a tenant that publishes no more: its dead letters, and its frames once every group has
   * read them. Gives the number of its frames that are still on disk, for others wait in the same files; repeat it.
   */
  async forget(tenantId: TenantId): Promise<{ frames: number; deadLetters: number }> {
    this.#checkOpen();
    const deadLetters = await this.#deadLetters.removeAll(tenantId);
    await this.#retention.forget(tenantId);
    await this.sweep();
    let frames = 0;
    for (const source of this.#frames.allSources()) {
      if (source.tenantId !== tenantId) continue;
      for (const { first, last } of source.spans) frames += last - first + 1;
    }
    return { frames, deadLetters };
  }

  /** Looks now for generations to unlink; otherwise done once a minute. */
  async sweep(): Promise<void> {
    await this.#diskFloor.refresh();
    const sweeping = this.#sweeping.then(() => this.#retention.sweep(this.#diskFloor.low));
    this.#sweeping = sweeping.catch(() => undefined);
    await sweeping;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelSweep();
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    for (const sessions of this.#sessions.values()) {
      for (const session of sessions) await session.close();
    }
    for (const queue of this.#workQueues.values()) queue.close();
    for (const commits of this.#publishing.values()) await commits.close();
    await this.#sweeping;
    await this.#meta.close();
    await this.#frames.close();
  }

  #commitsOf(topic: Topic): GroupCommit<readonly Frame[]> {
    const known = this.#publishing.get(topic);
    if (known !== undefined) return known;
    const commits = new GroupCommit<readonly Frame[]>(this.#latch, (calls) => {
      return this.#append(topic, calls.flat());
    });
    this.#publishing.set(topic, commits);
    return commits;
  }

  async #append(topic: Topic, frames: readonly Frame[]): Promise<void> {
    const grown = await this.#frames.log(topic).append(frames);
    this.#counters.commits += 1;
    this.#counters.publishedFrames += frames.length;
    this.#counters.publishedBytes += bytesOf(frames);
    for (const { count } of frames) this.#counters.publishedEvents += count;
    for (const source of grown) {
      this.#account(source);
      for (const session of this.#sessionsOf(source.topic)) session.wake(source);
      for (const group of this.#groups.of(source.topic)) this.#workQueues.get(group)?.wake(source);
    }
  }

  /** Notes how much of a source its slowest group has still to read. */
  #account(source: Source): void {
    const groups = this.#groups.of(source.topic);
    let slowest = source.headTotals.bytes;
    for (const group of groups) slowest = Math.min(slowest, group.totalsOf(source).bytes);
    slowest = Math.max(slowest, source.baseTotals.bytes);
    this.#admission.setWaiting(source, source.headTotals.bytes - slowest);
  }

  #sessionsOf(topic: Topic): Set<LocalLogSession> {
    const known = this.#sessions.get(topic);
    if (known !== undefined) return known;
    const sessions = new Set<LocalLogSession>();
    this.#sessions.set(topic, sessions);
    return sessions;
  }

  #workQueue(group: Group): WorkQueue {
    const known = this.#workQueues.get(group);
    if (known !== undefined) return known;
    const queue = new WorkQueue(this.#parts, group);
    this.#workQueues.set(group, queue);
    return queue;
  }

  #workQueueOf(receipt: WorkReceipt): WorkQueue {
    const group = this.#groups.find(receipt.topic, receipt.group);
    if (group !== undefined) return this.#workQueue(group);
    throw new Problem('invalid_request', { detail: `there is no group ${receipt.group}` });
  }

  #track(consumer: Consumer): Consumer {
    const tracked: Consumer = {
      stop: async () => {
        await consumer.stop();
        this.#consumers.delete(tracked);
      },
    };
    this.#consumers.add(tracked);
    return tracked;
  }

  #scheduleSweep(): void {
    this.#cancelSweep = this.#world.clock.after(SWEEP_MS, () => {
      this.sweep().catch((error: unknown) => this.#report(error, 'unlinking old frames'));
      if (this.#closing === undefined) this.#scheduleSweep();
    });
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) {
      throw new Problem('unavailable', { detail: 'the bus is closed' });
    }
    this.#latch.check();
  }
}

function bytesOf(frames: readonly Frame[]): number {
  let bytes = 0;
  for (const { body } of frames) bytes += body.length;
  return bytes;
}

/** The tenant of frames that are all of one; empty when they are of several. */
function oneTenantOf(frames: readonly Frame[]): string {
  const tenantId = frames[0]?.tenantId ?? '';
  return frames.every((frame) => frame.tenantId === tenantId) ? tenantId : '';
}
