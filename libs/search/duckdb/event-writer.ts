import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { ClientIds } from './client-ids.ts';
import { condemn, DamagedDay, dayFault, isDamage } from './damaged-day.ts';
import { DayFile, ROW_GROUP_ROWS } from './day-file.ts';
import { EventChunk } from './event-chunk.ts';
import { dayOf, type EventFiles } from './event-files.ts';
import type { FrameRecord } from './frame-record.ts';
import { HotTable } from './hot-table.ts';

/**
 * Rows of a whole roll. They are in memory up to four times at once (the sealed table, its copy in the file's
 * transaction, what is appended meanwhile, and that being published), at 1.7 KB a row.
 */
export const ROLL_ROWS = 3 * ROW_GROUP_ROWS;

/** One frame on its way into the store: its record without what the store itself adds. */
export type FrameFacts = Omit<FrameRecord, 'frame' | 'tenantId' | 'parseFailures'>;

/** An event of a frame: `ordinal` is its place in the frame. */
export interface FrameEvent {
  readonly event: NormalizedEvent;
  readonly ordinal: number;
  readonly rules: readonly string[] | undefined;
}

/** Rows stand this long at most in a file's log of changes only, in milliseconds: half as long as the bus keeps frames. */
const LOG_MS_MAX = 60 * 60_000;

/** Before every day: the first frame of an empty store begins its own. */
const NO_DAY = '';

/** Frames of requests with an idempotency key have derived ids (UUID version 5); all others are version 7. */
const DERIVED_FRAME = `substr(frame_id, 15, 1) = '5'`;

/** Rows of one roll on their way from memory into a day file. */
export interface SealedRoll {
  readonly hot: HotTable;
  readonly day: string;
}

/** What {@link EventWriter} starts from: read from the files at open. */
export interface WriterStart {
  readonly instance: DuckDBInstance;
  readonly roller: DuckDBConnection;
  readonly folder: string;
  readonly world: World;
  readonly files: EventFiles;
  readonly applied: Map<string, number>;
  readonly roll: number;
  readonly frame: number;
  /** Whether a file had a log of changes: how old it is nobody knows. */
  readonly hasLog: boolean;
}

/** The writing side of the event store: hot rows, rolls, applied offsets, and ids that clients gave. */
export class EventWriter {
  readonly #start: WriterStart;
  readonly #clientIds: ClientIds;
  readonly #chunk = new EventChunk();
  /** Last durable offset per source. */
  readonly #applied: Map<string, number>;
  /** Last offset per source that is in a hot table or a file. */
  readonly #accepted: Map<string, number>;
  #roll: number;
  #frame: number;
  #day: string;
  #logEmptyAt: number;
  #hot: HotTable | undefined;
  /** Appends and swaps run one after the other; so do rolls. */
  #appending: Promise<unknown> = Promise.resolve();
  #rolling: Promise<void> = Promise.resolve();

  constructor(start: WriterStart) {
    this.#start = start;
    this.#clientIds = new ClientIds(start.world.random);
    this.#applied = start.applied;
    this.#accepted = new Map(start.applied);
    this.#roll = start.roll;
    this.#frame = start.frame;
    this.#logEmptyAt = start.hasLog ? Number.NEGATIVE_INFINITY : start.world.clock.monotonic();
    const days = start.files.days.map((file) => file.day).sort();
    this.#day = days.at(-1) ?? NO_DAY;
  }

  /** Reads the ids that clients gave on the two newest received days back into memory. */
  async loadClientIds(): Promise<void> {
    const days = this.#start.files.days.toSorted((a, b) => b.day.localeCompare(a.day)).slice(0, 2);
    for (const [daysAgo, file] of days.entries()) {
      await this.#loadIdsOf(file, daysAgo).catch((cause: unknown) => {
        throw dayFault(file.path, cause);
      });
    }
  }

  async #loadIdsOf(file: DayFile, daysAgo: number): Promise<void> {
    const sql = `select tenant_id, event_id::VARCHAR from ${file.name}.events where client_id
         union all select tenant_id, frame_id from ${file.name}.frames where ${DERIVED_FRAME}`;
    // In pieces: a busy day has millions.
    const result = await this.#start.roller.stream(sql);
    for (
      let chunk = await result.fetchChunk();
      chunk?.rowCount;
      chunk = await result.fetchChunk()
    ) {
      const [tenants = [], ids = []] = chunk.getColumns();
      tenants.forEach((tenantId, row) => {
        this.#clientIds.seen(String(tenantId), String(ids[row]), daysAgo);
      });
    }
  }

  applied(source: string): number {
    return this.#applied.get(source) ?? 0;
  }

  /** The last offset of a source that was appended, durable or not. */
  accepted(source: string): number {
    return this.#accepted.get(source) ?? 0;
  }

  /** Rows appended since the last seal. */
  get hotRows(): number {
    return this.#hot?.rows ?? 0;
  }

  /** True when a frame received then begins a new day while rows of the one before are only in memory. */
  startsDay(receivedAt: number): boolean {
    return this.#hot !== undefined && dayOf(receivedAt) > this.#day;
  }

  get uncheckedIds(): number {
    return this.#clientIds.unchecked;
  }

  /**
   * True when an id that a client gave, of an event or of a whole request, was stored before, on this received day or
   * the one before. Remembers it.
   */
  isRepeated(tenant: TenantContext, id: string): boolean {
    return this.#clientIds.seen(tenant.tenantId, id);
  }

  /**
   * Adds the events of one frame that are to be stored, in order of their ordinals.
   * A frame at or below the applied offset of its source is ignored.
   */
  append(tenant: TenantContext, frame: FrameFacts, events: readonly FrameEvent[]): Promise<void> {
    return this.#serially(async () => {
      if (frame.offset <= (this.#accepted.get(frame.source) ?? 0)) return;
      const hot = await this.#hotFor(frame.receivedAt);
      this.#accepted.set(frame.source, frame.offset);
      this.#push(hot, tenant, frame, events);
    });
  }

  /** Notes that a frame of which nothing is to be stored is done, so that its offset is not taken for one that was lost. */
  pass(source: string, offset: number, receivedAt: number): Promise<void> {
    return this.#serially(async () => {
      if (offset <= (this.#accepted.get(source) ?? 0)) return;
      const hot = await this.#hotFor(receivedAt);
      this.#accepted.set(source, offset);
      hot.applied.set(source, offset);
    });
  }

  #push(
    hot: HotTable,
    tenant: TenantContext,
    frame: FrameFacts,
    events: readonly FrameEvent[],
  ): void {
    this.#frame += 1;
    const { tenantId } = tenant;
    const { receivedAt } = frame;
    const parseFailures: number[] = [];
    for (const { event, ordinal, rules } of events) {
      if (event.parseStatus === 'failed') parseFailures.push(ordinal);
      hot.push(event, { tenantId, frame: this.#frame, ordinal, receivedAt, rules });
    }
    hot.frames.push({ ...frame, frame: this.#frame, tenantId, parseFailures });
    hot.applied.set(frame.source, frame.offset);
  }

  /** Makes everything appended so far durable, with its offsets (design 4.2). */
  async flush(): Promise<void> {
    await this.commit(await this.seal());
  }

  /** Closes the hot table: what is appended later belongs to the next roll. Undefined when there is nothing new. */
  seal(): Promise<SealedRoll | undefined> {
    return this.#serially(() => Promise.resolve(this.#seal()));
  }

  /** Commits a sealed roll to its day file, and every one sealed before it. */
  async commit(sealed: SealedRoll | undefined): Promise<void> {
    if (sealed !== undefined) this.#rolling = this.#rolling.then(() => this.#rollUp(sealed));
    await this.#rolling;
  }

  /** The connection that writes files. Use it within {@link EventWriter.exclusively} only. */
  get roller(): DuckDBConnection {
    return this.#start.roller;
  }

  /** Runs work on the files while no roll does. Its failure is its caller's: rolls go on. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = this.#rolling;
    const run = before.then(work);
    this.#rolling = run.then(
      () => undefined,
      () => before,
    );
    return run;
  }

  async close(): Promise<void> {
    await this.flush();
  }

  #seal(): SealedRoll | undefined {
    const hot = this.#hot;
    if (hot === undefined) return undefined;
    hot.seal();
    this.#hot = undefined;
    return { hot, day: this.#day };
  }

  async #rollUp({ hot, day }: SealedRoll): Promise<void> {
    const { files, roller, world } = this.#start;
    const file = files.day(day) ?? (await this.#createDay(day));
    await file.take(roller, hot, world.failpoint).catch(async (cause: unknown) => {
      if (!isDamage(cause)) throw cause;
      // What was read of it stays readable, but nothing can follow: the next start goes on without it.
      await condemn(world.disk, file.path);
      throw new DamagedDay(file.path, cause);
    });
    for (const [source, offset] of hot.applied) this.#applied.set(source, offset);
    await files.rolled(hot);
    world.failpoint('roll.after-drop');
    await this.#emptyLog(file);
  }

  /**
   * Moves what a file's log of changes holds into the file, now and then: DuckDB takes a log whose beginning was changed
   * for none, and what was lost by that must still be on the bus.
   */
  async #emptyLog(file: DayFile): Promise<void> {
    const now = this.#start.world.clock.monotonic();
    if (now - this.#logEmptyAt < LOG_MS_MAX) return;
    await this.#start.roller.run(`checkpoint ${file.name}`);
    this.#logEmptyAt = now;
  }

  async #createDay(day: string): Promise<DayFile> {
    const { files, folder, roller, world } = this.#start;
    const file = await DayFile.attach(roller, day, `${folder}/events-${day}.duckdb`);
    await world.disk.syncFolder(folder);
    files.addDay(file, 0);
    return file;
  }

  /** The hot table for a frame: rows go to the newest received day seen, so that days never run backward. */
  async #hotFor(receivedAt: number): Promise<HotTable> {
    const day = dayOf(receivedAt);
    if (day > this.#day) {
      const sealed = this.#seal();
      await this.commit(sealed);
      this.#clientIds.nextDay();
      this.#day = day;
    }
    if (this.#hot === undefined) {
      this.#roll += 1;
      this.#hot = await HotTable.create(this.#start.instance, this.#roll, this.#chunk);
      this.#start.files.addHot(this.#hot);
    }
    return this.#hot;
  }

  #serially<Result>(work: () => Promise<Result>): Promise<Result> {
    const run = this.#appending.then(work);
    // The order of appends does not depend on how the one before ended: its own caller sees the error.
    this.#appending = run.then(
      () => undefined,
      () => undefined,
    );
    return run;
  }
}
