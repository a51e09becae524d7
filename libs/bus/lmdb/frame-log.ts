import type { Topic } from '@tocsin/contracts/topic.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Frame } from '../frame.ts';
import { decodeParts, encodeHead, type PeekedHead, peekHead } from '../frame-codec.ts';
import { shardOf } from '../shard.ts';
import {
  type AppendedRecord,
  type FoundSource,
  Generation,
  type StoredRecord,
} from './generation.ts';
import { OpenGenerations } from './open-generations.ts';
import type { RecentFrames } from './recent-frames.ts';
import { type FileRepair, filesSetAside, repairFile } from './repair-file.ts';
import { Source, sourceKey, type Totals } from './source.ts';

const FILE_PATTERN = /^(\d{8})\.lmdb$/;

/** How much of a topic's newest files is looked through at an open, in bytes: as much as may be mapped at a time. */
const LOOKED_THROUGH_BYTES_MAX = 192 * 1024 * 1024;

export interface FrameLogOptions {
  readonly topic: Topic;
  /** Folder of the generations; created when absent. */
  readonly folder: string;
  readonly world: World;
  readonly generationBytesMax: number;
  readonly generationMsMax: number;
  /** Newest frames in memory, shared by all logs. */
  readonly recent: RecentFrames;
  /** Told of each damaged file that was written anew. */
  readonly onRepair: (repair: FileRepair) => void;
}

/** The frames of one topic on disk: appended in groups, read by source and number, dropped by generation. */
export class FrameLog {
  readonly #options: FrameLogOptions;
  readonly #recent: RecentFrames;
  /** Oldest first; never empty once open. */
  readonly #generations: Generation[] = [];
  readonly #open = new OpenGenerations();
  readonly #sources = new Map<string, Source>();
  #turns = 0;
  #creating: { readonly number: number; readonly generation: Promise<Generation> } | undefined;

  private constructor(options: FrameLogOptions) {
    this.#options = options;
    this.#recent = options.recent;
  }

  static async open(options: FrameLogOptions): Promise<FrameLog> {
    const log = new FrameLog(options);
    await options.world.disk.makeFolder(options.folder);
    const names = await options.world.disk.list(options.folder);
    const files = names.filter((name) => FILE_PATTERN.test(name));
    await log.#lookThrough(files);
    for (const name of files) await log.#adoptWhole(name);
    for (const source of log.#sources.values()) log.#recoverHead(source);
    if (log.#generations.length === 0) await log.#createGeneration(1);
    return log;
  }

  get generations(): readonly Generation[] {
    return this.#generations;
  }

  filesSetAside(): Promise<readonly string[]> {
    return filesSetAside(this.#options.world, this.#options.folder);
  }

  /** All sources that ever had a frame. */
  get sources(): Iterable<Source> {
    return this.#sources.values();
  }

  findSource(topic: Topic, shard: number, tenantId: TenantId): Source | undefined {
    return this.#sources.get(sourceKey(topic, shard, tenantId));
  }

  /** The source, made when it is new. */
  source(topic: Topic, shard: number, tenantId: TenantId): Source {
    const key = sourceKey(topic, shard, tenantId);
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const source = new Source(topic, shard, tenantId);
    this.#sources.set(key, source);
    return source;
  }

  /**
   * Makes frames durable in one transaction, in order, all or none. Only one call at a time.
   * Returns the sources that grew. After a failure the log must not be used again.
   */
  async append(frames: readonly Frame[]): Promise<ReadonlySet<Source>> {
    this.#turns += 1;
    try {
      return await this.#append(frames);
    } finally {
      this.#turns += 1;
    }
  }

  /** Counts beginnings and ends of appends: odd while one is under way. */
  get turns(): number {
    return this.#turns;
  }

  async #append(frames: readonly Frame[]): Promise<ReadonlySet<Source>> {
    const { clock, failpoint } = this.#options.world;
    const generation = await this.#generationFor(clock.now());
    const records = frames.map((frame) => this.#recordOf(frame));
    failpoint('publish.before-commit');
    await generation.append(records, clock.now());
    failpoint('publish.after-commit');
    const grown = new Set<Source>();
    frames.forEach((frame, index) => {
      const record = records[index];
      if (record === undefined) return;
      this.#show(generation, record, frame);
      grown.add(record.source);
    });
    for (const source of grown) {
      source.head = source.written;
      source.headTotals = source.writtenTotals;
    }
    return grown;
  }

  /**
   * Reads a frame; `undefined` when retention took it. Its body may be shared with other readers: never change it.
   *
   * @throws Problem `invalid_request` when the record was changed on disk
   */
  read(source: Source, seq: number): Frame | undefined {
    const recent = this.#recent.get(source.key, seq);
    if (recent !== undefined) return recent;
    const record = this.readRecord(source, seq);
    return record === undefined ? undefined : decodeParts(record.head, record.body).frame;
  }

  /** A record as stored, unchecked. */
  readRecord(source: Source, seq: number): StoredRecord | undefined {
    return this.#holderOf(source, seq)?.read(source, seq);
  }

  /** Size of a frame's body, from the totals around it. */
  bodyBytes(source: Source, seq: number): number {
    return this.totalsAt(source, seq).bytes - this.totalsAt(source, seq - 1).bytes;
  }

  /** Running totals up to and including a frame; none when the frame is gone. */
  totalsAt(source: Source, seq: number): Totals {
    if (seq === source.head) return source.headTotals;
    if (seq < source.oldest) return source.baseTotals;
    return totalsOf(this.#peek(source, seq)?.extra ?? []);
  }

  /** When a frame was received; `undefined` when it is gone or its header was changed on disk. */
  receivedAt(source: Source, seq: number): number | undefined {
    return this.#peek(source, seq)?.receivedAt;
  }

  /** The first kept frame received at or after a time, else `head + 1`: a binary search, as totals never fall. */
  firstSince(source: Source, at: number): number {
    let low = source.oldest;
    let high = source.head + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.totalsAt(source, middle).newestAt >= at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Continues a source whose last frames are gone, so that its numbers never start again. */
  restoreHead(source: Source, seq: number, totals: Totals): void {
    if (seq <= source.head) return;
    source.head = seq;
    source.headTotals = totals;
    if (source.spans.length === 0) source.baseTotals = totals;
    source.written = seq;
    source.writtenTotals = totals;
  }

  /** Lets the next frames go into a new generation, so that what is there now can be unlinked apart from them. */
  async startGeneration(): Promise<void> {
    const newest = this.#generations.at(-1);
    if (newest?.createdAt !== undefined) await this.#createGeneration(newest.number + 1);
  }

  /** Unlinks the oldest generation. The newest one stays. The caller has made the heads of its sources durable. */
  async dropOldest(): Promise<void> {
    const oldest = this.#generations[0];
    if (oldest === undefined || this.#generations.length === 1) return;
    this.#options.world.failpoint('generation-switch.before-unlink');
    this.#generations.shift();
    this.#open.forget(oldest);
    for (const source of this.#sources.values()) {
      if (source.spans[0]?.generation !== oldest) continue;
      source.spans.shift();
      source.baseTotals = this.#baseOf(source);
    }
    await oldest.close();
    await this.#options.world.disk.remove(oldest.path);
    await this.#options.world.disk.remove(`${oldest.path}-lock`);
    await this.#options.world.disk.syncFolder(this.#options.folder);
  }

  async close(): Promise<void> {
    for (const generation of this.#generations) await generation.close();
  }

  async #generationFor(now: number): Promise<Generation> {
    const newest = this.#generations.at(-1);
    if (newest === undefined) return await this.#createGeneration(1);
    const { generationBytesMax, generationMsMax } = this.#options;
    const old = newest.createdAt !== undefined && now - newest.createdAt >= generationMsMax;
    if (!old && newest.bytes < generationBytesMax) return newest;
    return await this.#createGeneration(newest.number + 1);
  }

  /** Callers that come together make one. */
  #createGeneration(number: number): Promise<Generation> {
    if (this.#creating?.number === number) return this.#creating.generation;
    const generation = this.#makeGeneration(number);
    this.#creating = { number, generation };
    return generation;
  }

  async #makeGeneration(number: number): Promise<Generation> {
    const generation = this.#openGeneration(number);
    await this.#options.world.disk.syncFolder(this.#options.folder);
    this.#add(generation);
    if (number > 1) this.#options.world.failpoint('generation-switch.after-create');
    return generation;
  }

  #openGeneration(number: number): Generation {
    const path = `${this.#options.folder}/${String(number).padStart(8, '0')}.lmdb`;
    return new Generation(path, number, this.#mapBytes);
  }

  get #mapBytes(): number {
    return 2 * this.#options.generationBytesMax;
  }

  /** Before LMDB maps them: all of the newest files, of older ones what LMDB opens them by. */
  async #lookThrough(names: readonly string[]): Promise<void> {
    let left = LOOKED_THROUGH_BYTES_MAX;
    for (const name of names.toReversed()) {
      await this.#repair(name, left <= 0);
      left -= this.#options.generationBytesMax;
    }
  }

  async #repair(name: string, firstPagesOnly: boolean): Promise<void> {
    const { folder, onRepair, topic, world } = this.#options;
    const file = { world, topic, folder, name, number: numberOf(name), mapBytes: this.#mapBytes };
    const repair = await repairFile(file, firstPagesOnly);
    if (repair !== undefined) onRepair(repair);
  }

  /** Opens a file; one whose records are not as many as it says is looked through first. */
  async #adoptWhole(name: string): Promise<void> {
    let generation = this.#openGeneration(numberOf(name));
    let found = [...generation.sources()];
    if (generation.entries !== entriesOf(found)) {
      await generation.close();
      await this.#repair(name, false);
      generation = this.#openGeneration(numberOf(name));
      found = [...generation.sources()];
    }
    this.#adopt(generation, found);
  }

  /** Makes a generation the newest. */
  #add(generation: Generation): void {
    const newest = this.#generations.at(-1);
    this.#generations.push(generation);
    if (newest !== undefined) this.#open.use(newest);
  }

  /** The generation that holds a frame, about to be looked at. */
  #holderOf(source: Source, seq: number): Generation | undefined {
    const holder = source.generationOf(seq);
    if (holder !== undefined && holder !== this.#generations.at(-1)) this.#open.use(holder);
    return holder;
  }

  #adopt(generation: Generation, found: readonly FoundSource[]): void {
    this.#add(generation);
    for (const { topic, shard, tenantId, first, last } of found) {
      const source = this.source(topic, shard, tenantId);
      source.spans.push({ generation, first, last });
      source.head = last;
    }
  }

  #recoverHead(source: Source): void {
    source.headTotals = totalsOf(this.#peek(source, source.head)?.extra ?? []);
    source.baseTotals = this.#baseOf(source);
    source.written = source.head;
    source.writtenTotals = source.headTotals;
  }

  #baseOf(source: Source): Totals {
    const record = this.readRecord(source, source.oldest);
    const head = record && peekHead(record.head);
    if (record === undefined || head === undefined) return source.headTotals;
    const { bytes, events, newestAt } = totalsOf(head.extra);
    return { bytes: bytes - record.body.length, events: events - head.count, newestAt };
  }

  #peek(source: Source, seq: number): PeekedHead | undefined {
    const head = this.#holderOf(source, seq)?.readHead(source, seq);
    return head === undefined ? undefined : peekHead(head);
  }

  #recordOf(frame: Frame): AppendedRecord {
    const source = this.source(frame.topic, shardOf(frame.tenantId, frame.keySlot), frame.tenantId);
    const before = source.writtenTotals;
    source.written += 1;
    source.writtenTotals = {
      bytes: before.bytes + frame.body.length,
      events: before.events + frame.count,
      newestAt: Math.max(before.newestAt, frame.receivedAt),
    };
    const { bytes, events, newestAt } = source.writtenTotals;
    const head = encodeHead(frame, [bytes, events, newestAt]);
    return { source, seq: source.written, head, body: frame.body };
  }

  /** Makes an appended frame readable. */
  #show(generation: Generation, { source, seq }: AppendedRecord, frame: Frame): void {
    const span = source.spans.at(-1);
    if (span?.generation === generation) span.last = seq;
    else source.spans.push({ generation, first: seq, last: seq });
    this.#recent.put(source.key, seq, withOwnBody(frame));
  }
}

function numberOf(name: string): number {
  return Number(FILE_PATTERN.exec(name)?.[1]);
}

/** Records of a file with those sources, if none is missing: two of each frame, and when it was created. */
function entriesOf(found: readonly FoundSource[]): number {
  const frames = found.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return frames === 0 ? 0 : 2 * frames + 1;
}

/** A small body inside a large buffer would keep all of it in memory. */
function withOwnBody(frame: Frame): Frame {
  const { body } = frame;
  if (body.buffer.byteLength <= 2 * body.length) return frame;
  const own = Buffer.allocUnsafeSlow(body.length);
  body.copy(own);
  return { ...frame, body: own };
}

function totalsOf(extra: readonly number[]): Totals {
  const [bytes = 0, events = 0, newestAt = 0] = extra;
  return { bytes, events, newestAt };
}
