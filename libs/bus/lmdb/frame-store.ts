import { LOG_TOPICS, type Topic, WORK_TOPICS } from '@tocsin/contracts/topic.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Frame } from '../frame.ts';
import { FrameLog, type FrameLogOptions } from './frame-log.ts';
import type { StoredRecord } from './generation.ts';
import { RecentFrames } from './recent-frames.ts';
import type { Source, Totals } from './source.ts';

/** What a store is opened with. */
export interface FrameStoreOptions extends Omit<FrameLogOptions, 'recent' | 'topic'> {
  /** Memory for the newest frames of all topics, in bytes of bodies. */
  readonly cacheBytesMax: number;
}

/**
 * The frames of all topics: one log each, so that a topic that is read slowly or never keeps no other's frames
 * on disk, and a flood of events does not stand before alerts in one commit.
 */
export class FrameStore {
  readonly #logs: ReadonlyMap<Topic, FrameLog>;

  private constructor(logs: ReadonlyMap<Topic, FrameLog>) {
    this.#logs = logs;
  }

  static async open(options: FrameStoreOptions): Promise<FrameStore> {
    const recent = new RecentFrames(options.cacheBytesMax);
    const logs = new Map<Topic, FrameLog>();
    for (const topic of [...LOG_TOPICS, ...WORK_TOPICS]) {
      const folder = `${options.folder}/${topic}`;
      logs.set(topic, await FrameLog.open({ ...options, topic, folder, recent }));
    }
    await options.world.disk.syncFolder(options.folder);
    return new FrameStore(logs);
  }

  /** Files that were damaged, as they were found, of all topics. */
  async filesSetAside(): Promise<readonly string[]> {
    const names: string[] = [];
    for (const [topic, log] of this.#logs)
      for (const name of await log.filesSetAside()) names.push(`${topic}/${name}`);
    return names;
  }

  get logs(): Iterable<FrameLog> {
    return this.#logs.values();
  }

  log(topic: Topic): FrameLog {
    const log = this.#logs.get(topic);
    assert(log !== undefined, 'a topic that was checked has a log');
    return log;
  }

  sourcesOf(topic: Topic): Iterable<Source> {
    return this.log(topic).sources;
  }

  *allSources(): Generator<Source> {
    for (const log of this.logs) yield* log.sources;
  }

  findSource(topic: Topic, shard: number, tenantId: TenantId): Source | undefined {
    return this.log(topic).findSource(topic, shard, tenantId);
  }

  source(topic: Topic, shard: number, tenantId: TenantId): Source {
    return this.log(topic).source(topic, shard, tenantId);
  }

  restoreHead(source: Source, seq: number, totals: Totals): void {
    this.log(source.topic).restoreHead(source, seq, totals);
  }

  read(source: Source, seq: number): Frame | undefined {
    return this.log(source.topic).read(source, seq);
  }

  readRecord(source: Source, seq: number): StoredRecord | undefined {
    return this.log(source.topic).readRecord(source, seq);
  }

  bodyBytes(source: Source, seq: number): number {
    return this.log(source.topic).bodyBytes(source, seq);
  }

  totalsAt(source: Source, seq: number): Totals {
    return this.log(source.topic).totalsAt(source, seq);
  }

  receivedAt(source: Source, seq: number): number | undefined {
    return this.log(source.topic).receivedAt(source, seq);
  }

  firstSince(source: Source, at: number): number {
    return this.log(source.topic).firstSince(source, at);
  }

  async close(): Promise<void> {
    for (const log of this.logs) await log.close();
  }
}
