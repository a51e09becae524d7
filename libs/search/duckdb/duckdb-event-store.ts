import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { Disk } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type {
  AggregateBucket,
  AggregateRequest,
  Collection,
  Document,
  ExpirePolicy,
  HistogramBar,
  HistogramRequest,
  SearchPage,
  SearchRequest,
  SearchStore,
  SearchStoreCapabilities,
  SourceOffset,
} from '../search-store.ts';
import {
  DamagedDay,
  damagedProblem,
  daysSetAside,
  isDamage,
  setAside,
  setCondemnedAside,
} from './damaged-day.ts';
import type { DayFile } from './day-file.ts';
import { eventFromDocument } from './event-document.ts';
import { type EventFiles, openDayFiles } from './event-files.ts';
import { EventReader, type RawRefFormat } from './event-reader.ts';
import { EventWriter } from './event-writer.ts';
import { expireEvents } from './expire-events.ts';
import type { FrameRecord } from './frame-record.ts';
import { ReaderPool } from './reader-pool.ts';
import { UNFINISHED } from './rewrite-day.ts';

/** How long looking for the records of frames may take. */
const FRAMES_DEADLINE_MS = 5_000;

/**
 * Pages of files stay in DuckDB's memory until it is used up, so this is what it takes in the end. A roll under full load
 * takes 250 (measured); what does not fit is put aside in the folder `tmp`.
 */
const MEMORY_MB = 512;

/** How the event store is opened. */
export interface DuckDbOptions {
  /** Folder of the day files. One store at a time may have it: a second opener would lose writes silently. */
  readonly folder: string;
  readonly world: World;
  readonly formatRawRef: RawRefFormat;
  /** Memory DuckDB may take for hot rows, rolls, searches and pages of files it keeps, MB; default {@link MEMORY_MB}. */
  readonly memoryMb?: number;
  /** Threads of DuckDB; default 2. */
  readonly threads?: number;
}

/**
 * Events in DuckDB: fresh rows in memory, searchable at once, rolled into one file per received
 * day by `flush` (design 4.2). Everything else in the product reaches it through {@link SearchStore}; the pipeline
 * writes through {@link DuckDbEventStore.writer}, which takes normalized events without a detour over documents.
 */
export class DuckDbEventStore implements SearchStore {
  readonly capabilities: SearchStoreCapabilities = { durable: 'power', collections: ['events'] };
  readonly writer: EventWriter;
  /** Day files that were damaged and set aside, until somebody takes them away: their events are not found. */
  readonly damaged: readonly string[];
  /** True when this opening set one aside: what the bus still has of it can be stored again. */
  readonly lostDays: boolean;
  readonly #reader: EventReader;
  readonly #pool: ReaderPool;
  readonly #files: EventFiles;
  readonly #instance: DuckDBInstance;
  readonly #world: World;
  readonly #folder: string;

  private constructor(parts: {
    writer: EventWriter;
    reader: EventReader;
    pool: ReaderPool;
    files: EventFiles;
    instance: DuckDBInstance;
    world: World;
    folder: string;
    damaged: readonly string[];
    lostDays: boolean;
  }) {
    this.writer = parts.writer;
    this.damaged = parts.damaged;
    this.lostDays = parts.lostDays;
    this.#reader = parts.reader;
    this.#pool = parts.pool;
    this.#files = parts.files;
    this.#instance = parts.instance;
    this.#world = parts.world;
    this.#folder = parts.folder;
  }

  /** Day files in which damage was met since this opening: what needs it is refused, all else is found. */
  get unreadable(): readonly string[] {
    return this.#files.unreadable;
  }

  static async open(options: DuckDbOptions): Promise<DuckDbEventStore> {
    const { folder, world } = options;
    await world.disk.makeFolder(folder);
    await removeUnfinished(world.disk, folder);
    let lostDays = await setCondemnedAside(world.disk, folder);
    for (;;) {
      const instance = await DuckDBInstance.create(':memory:', {
        memory_limit: `${options.memoryMb ?? MEMORY_MB}MB`,
        threads: String(options.threads ?? 2),
        temp_directory: `${folder}/tmp`,
      });
      const roller = await connectRoller(instance);
      try {
        const opened = await openFiles({ instance, roller, folder, world });
        const pool = new ReaderPool(instance, world.clock);
        const { files } = opened;
        const reader = new EventReader(files, pool, world.clock, options.formatRawRef);
        const damaged = await daysSetAside(world.disk, folder);
        const parts = { ...opened, reader, pool, instance, world, folder, damaged, lostDays };
        return new DuckDbEventStore(parts);
      } catch (error) {
        // After damage DuckDB trusts nothing it has open: it is opened anew, without that day.
        roller.closeSync();
        instance.closeSync();
        if (!(error instanceof DamagedDay)) throw error;
        await setAside(world.disk, folder, error);
        lostDays = true;
      }
    }
  }

  async append(
    tenant: TenantContext,
    collection: Collection,
    documents: readonly Document[],
    source: SourceOffset,
  ): Promise<void> {
    checkCollection(collection);
    for (const document of documents) {
      assert(
        document['tenant_id'] === tenant.tenantId,
        'a document belongs to the tenant of its store',
      );
    }
    const receivedAt =
      Date.parse(String(documents[0]?.['ingested_at'] ?? '')) || this.#world.clock.now();
    const events = documents.map((document, ordinal) => ({
      event: eventFromDocument(document),
      ordinal,
      rules: document['rules'] as string[] | undefined,
    }));
    const frame = {
      ...source,
      frameId: '',
      receivedAt,
      segment: '',
      block: 0,
      firstLine: 0,
      count: documents.length,
      duplicates: [],
      deadLetters: [],
    };
    await this.writer.append(tenant, frame, events);
  }

  put(): Promise<void> {
    return Promise.reject(
      new Problem('conflict', {
        detail: 'events are appended, never replaced: this collection has no `put`',
      }),
    );
  }

  flush(): Promise<void> {
    return this.writer.flush();
  }

  applied(source: string): Promise<number> {
    return Promise.resolve(this.writer.applied(source));
  }

  /** What became of a tenant's frames, of those that are here; of a frame that came twice, the first time first. */
  async findFrames(
    tenant: TenantContext,
    frameIds: readonly string[],
  ): Promise<readonly FrameRecord[]> {
    const hot = this.#files.hotTables().flatMap((table) => table.frames);
    const found = hot.filter(
      (frame) => frame.tenantId === tenant.tenantId && frameIds.includes(frame.frameId),
    );
    const missing = frameIds.filter((id) => !found.some((frame) => frame.frameId === id));
    // Derived ids may also be in a file, from the first time.
    if (missing.length === 0 && found.every((frame) => frame.frameId[14] !== '5')) return found;
    return this.#readFiles(async (connection) => {
      const stored: FrameRecord[] = [];
      for (const file of this.#files.days) {
        const read = file.findFramesById(connection, tenant.tenantId, frameIds);
        stored.push(...(await this.#from(file, read)));
      }
      return [...stored, ...found].toSorted((a, b) => a.frame - b.frame);
    });
  }

  /** The stored record of a frame by its place in a source, for a replay to decide the same. */
  findFrameAt(source: string, offset: number): Promise<FrameRecord | undefined> {
    return this.#readFiles(async (connection) => {
      for (const file of this.#files.days.toReversed()) {
        const found = await this.#from(file, file.findFrameAt(connection, source, offset));
        if (found !== undefined) return found;
      }
      return undefined;
    });
  }

  search(tenant: TenantContext, request: SearchRequest): Promise<SearchPage> {
    return this.#asked(request.collection, () => this.#reader.search(tenant, request));
  }

  histogram(tenant: TenantContext, request: HistogramRequest): Promise<readonly HistogramBar[]> {
    return this.#asked(request.collection, () => this.#reader.histogram(tenant, request));
  }

  aggregate(tenant: TenantContext, request: AggregateRequest): Promise<readonly AggregateBucket[]> {
    return this.#asked(request.collection, () => this.#reader.aggregate(tenant, request));
  }

  async expire(tenant: TenantContext, policy: ExpirePolicy): Promise<number> {
    checkCollection(policy.collection);
    await this.flush();
    const place = {
      files: this.#files,
      connection: this.writer.roller,
      folder: this.#folder,
      disk: this.#world.disk,
    };
    const gone = {
      tenantId: tenant.tenantId,
      receivedBefore: Math.ceil(policy.receivedBefore),
    };
    return this.writer.exclusively(() => expireEvents(place, gone));
  }

  /**
   * Makes what was appended durable and lets go of the files. Every connection is closed, since DuckDB keeps its files
   * open as long as there is one: it would write into them when that is collected, after the next opening.
   */
  async close(): Promise<void> {
    try {
      await this.writer.close();
    } finally {
      await this.#pool.close();
      for (const hot of this.#files.hotTables()) hot.closeSync();
      this.writer.roller.closeSync();
      this.#instance.closeSync();
    }
  }

  #readFiles<Result>(work: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
    return this.#pool.read(FRAMES_DEADLINE_MS, (connection) =>
      this.#files.gate.read(() => work(connection)),
    );
  }

  /** A read of one day file: damage in it is named. */
  async #from<Result>(file: DayFile, read: Promise<Result>): Promise<Result> {
    try {
      return await read;
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#files.metDamage(file.fileName);
      throw damagedProblem(file.fileName, error);
    }
  }

  async #asked<Result>(collection: Collection, ask: () => Promise<Result>): Promise<Result> {
    checkCollection(collection);
    return ask();
  }
}

/** The connection that writes files. */
async function connectRoller(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const roller = await instance.connect();
  // A file that cannot be trusted is not written to once more; what a log holds is found by the next start.
  await roller.run('pragma disable_checkpoint_on_shutdown');
  return roller;
}

/** @throws DamagedDay */
async function openFiles({
  instance,
  roller,
  folder,
  world,
}: {
  instance: DuckDBInstance;
  roller: DuckDBConnection;
  folder: string;
  world: World;
}): Promise<{ writer: EventWriter; files: EventFiles }> {
  const names = await world.disk.list(folder);
  const hasLog = names.some((name) => name.endsWith('.wal'));
  const start = await openDayFiles(roller, folder, names);
  const writer = new EventWriter({ ...start, instance, roller, folder, world, hasLog });
  await writer.loadClientIds();
  return { writer, files: start.files };
}

/** Removes what a crash left of a file that was being written anew: the old one is still there and whole. */
async function removeUnfinished(disk: Disk, folder: string): Promise<void> {
  for (const name of await disk.list(folder)) {
    if (name.includes(`.duckdb${UNFINISHED}`)) await disk.remove(`${folder}/${name}`);
  }
}

function checkCollection(collection: Collection): void {
  assert(collection === 'events', 'the event store holds events only');
}
