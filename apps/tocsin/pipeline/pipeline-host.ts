import { Worker } from 'node:worker_threads';
import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type {
  Assignment,
  Consumer,
  EventBus,
  LogEntry,
  LogHandler,
  LogPosition,
} from '@tocsin/bus/event-bus.ts';
import type { Frame } from '@tocsin/bus/frame.ts';
import type { RuleSetting } from '@tocsin/content/rule-setting.ts';
import type { DeferredNow } from '@tocsin/content-service/content-deps.ts';
import type { SigmaEntry } from '@tocsin/detect-service/domain/sigma/catalogue.ts';
import type { Deferral } from '@tocsin/detect-service/domain/sigma/deferred-rules.ts';
import type { PutBack } from '@tocsin/detect-service/domain/sigma/deferring.ts';
import type { RuleFault } from '@tocsin/detect-service/domain/tenant-rules.ts';
import type { Readiness } from '@tocsin/http/health.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import type { Clock } from '@tocsin/kernel/clock.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { Removed, StorageAges } from '@tocsin/retention-service/tenant-storage.ts';
import type { FrameRecord } from '@tocsin/search/duckdb/frame-record.ts';
import type {
  AggregateBucket,
  AggregateRequest,
  HistogramBar,
  HistogramRequest,
  SearchPage,
  SearchRequest,
} from '@tocsin/search/search-store.ts';
import { DEFERRED_TOPIC, DeferredLane } from './deferred-lane.ts';
import type { DeferredRule } from './deferred-protocol.ts';
import type { HungItems } from './hung-items.ts';
import { PortCalls } from './port-calls.ts';
import { type Place, placeIn, progressMemory } from './progress.ts';
import { Watchdog } from './watchdog.ts';
import type { EventDamage, SentEntry, WorkerOptions, WorkerReady } from './worker-protocol.ts';

/**
 * The bus gives tenants their turns when frames leave it; what has left waits in a line. So little is taken ahead: one
 * frame that the thread works on and one that waits, or a batch of small ones.
 */
const BATCH_BYTES_MAX = 512 * 1024;
/** Bytes of frames sent to the thread and not yet taken, before the next batch. */
const IN_FLIGHT_BYTES_MAX = 512 * 1024;

/** As long as the bus keeps frames that were read. */
const REWIND_FOR_DAYS_MS = 2 * 60 * 60_000;

/** Numbers of frames begin anew past it: they fit in memory that threads share. */
const NUMBER_MAX = 2 ** 30;

/** The consumer group of the pipeline on `raw.events`. */
export const PIPELINE_GROUP = 'pipeline';

/** How it is found out that the thread hangs. */
export interface HostWatch {
  /** What the thread hung on before, and will have. */
  readonly hung: HungItems;
  /** See `Watchdog`. */
  readonly silentLooksMax?: number;
  /** Another thread than the pipeline's own, for tests. */
  readonly worker?: URL;
}

/** The bus side of the pipeline: reads `raw.events`, hands frames to the pipeline's thread, does its writes. */
export class PipelineHost implements LogHandler {
  readonly #worker: Worker;
  readonly #calls: PortCalls;
  readonly #bus: EventBus;
  readonly #ready: Promise<WorkerReady>;
  readonly #lane: DeferredLane;
  #deferredRules = 0;
  /** How the bus is read. It looks at it again whenever the shards are taken over. */
  readonly #reading = { batchBytesMax: BATCH_BYTES_MAX, rewindMs: 0 };
  readonly #inFlight = new Map<string, LogEntry>();
  #inFlightBytes = 0;
  /** Told whenever frames were taken. */
  #taken: (() => void)[] = [];
  #assignment: Assignment | undefined;
  #consumer: Consumer | undefined;
  #stopping = false;
  readonly #hung: HungItems | undefined;
  readonly #watchdog: Watchdog | undefined;
  readonly #onFatal: (error: unknown) => void;
  /** Frames sent to the thread, by their numbers. */
  readonly #sent = new Map<number, LogEntry>();
  #lastNumber = 0;

  /** @param watch absent: a thread that hangs is not noticed */
  constructor(
    options: WorkerOptions,
    bus: EventBus,
    clock: Clock,
    onFatal: (error: unknown) => void,
    watch?: HostWatch,
  ) {
    this.#bus = bus;
    this.#onFatal = onFatal;
    this.#hung = watch?.hung;
    const progress = progressMemory();
    const ready = Promise.withResolvers<WorkerReady>();
    this.#ready = ready.promise;
    const file = watch?.worker ?? new URL('./worker.ts', import.meta.url);
    const hungItems = watch?.hung.setAside ?? [];
    const workerData: WorkerOptions = { ...options, progress, hungItems };
    this.#worker = new Worker(file, { workerData });
    this.#calls = new PortCalls(this.#worker, {
      ready: async (told: WorkerReady) => ready.resolve(told),
      publish: (frames: readonly Frame[]) => bus.publish(frames.map(asFrame)),
      deadLetter: (position: LogPosition, ordinal: number, reason: string) =>
        this.#deadLetter(position, ordinal, reason),
      commit: (positions: readonly LogPosition[]) => this.#commit(positions),
      deferred: (rules: readonly DeferredRule[]) => this.#deferred(rules),
      deferredWaiting: () => this.#lane.waiting(),
    });
    this.#lane = new DeferredLane({
      bus,
      clock,
      give: (entry) => this.#calls.call('takeDeferred', [entry]),
      barrier: () => this.#calls.call('barrier', []),
    });
    const gone = (error: unknown): void => {
      this.#calls.fail(error);
      ready.reject(error);
      if (!this.#stopping) onFatal(error);
    };
    this.#worker.on('error', gone);
    this.#worker.on('exit', (code) =>
      gone(new Error(`the pipeline's thread ended with code ${code}`)),
    );
    if (watch === undefined) return;
    this.#watchdog = new Watchdog({
      clock,
      ask: () => this.#calls.call('ping', []),
      place: () => placeIn(progress),
      onHung: (place) => {
        this.#endHung(place).catch(onFatal);
      },
      ...(watch.silentLooksMax === undefined ? {} : { silentLooksMax: watch.silentLooksMax }),
    });
  }

  /** Starts reading. Windows that were lost are filled again from frames that the bus still has. */
  async start(): Promise<void> {
    const { windowsLost, daysLost, lookbackMs } = await this.#ready;
    this.#watchdog?.start();
    const rewindMs = Math.max(windowsLost ? lookbackMs : 0, daysLost ? REWIND_FOR_DAYS_MS : 0);
    this.#reading.rewindMs = rewindMs;
    this.#consumer = await this.#bus.consumeLog('raw.events', PIPELINE_GROUP, this, this.#reading);
    await this.#calls.call('startDeferred', []);
  }

  /** Takes nothing more, makes everything durable, moves the cursor, ends the thread. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#lane.stop();
    await this.#consumer?.stop();
    await this.#calls.call('stop', []);
    this.#watchdog?.stop();
    await this.#worker.terminate();
  }

  /** @throws Problem `unavailable` when frames are to be read again that the event store lost: the next try does so */
  async assigned(assignment: Assignment): Promise<void> {
    this.#assignment = assignment;
    if (this.#reading.rewindMs >= REWIND_FOR_DAYS_MS) return;
    const { committed } = assignment;
    const lacking: readonly LogPosition[] = await this.#calls.call('lacking', [committed]);
    if (lacking.length === 0) return;
    this.#reading.rewindMs = REWIND_FOR_DAYS_MS;
    throw new Problem('unavailable', {
      detail: `the event store lacks frames that it had, of ${lacking.length} of ${committed.length} sources: the log of changes of a file in data/events was damaged, and what the bus still has is stored again`,
    });
  }

  async revoked(): Promise<void> {
    while (this.#inFlightBytes > 0) await this.#someTaken();
    await this.#calls.call('barrier', []);
  }

  async handle(entries: readonly LogEntry[], assignment: Assignment): Promise<void> {
    this.#assignment = assignment;
    const bytes = entries.reduce((sum, { frame }) => sum + frame.body.length, 0);
    this.#inFlightBytes += bytes;
    for (const entry of entries) this.#inFlight.set(placeOf(entry.position), entry);
    const sent = entries.map((entry) => toSent(entry, this.#numbered(entry)));
    const taken = this.#calls.call(
      'take',
      [sent],
      sent.map(({ frame }) => frame.body.buffer),
    );
    void taken
      .finally(() => {
        this.#inFlightBytes -= bytes;
        for (const entry of entries) this.#inFlight.delete(placeOf(entry.position));
        for (const { number } of sent) this.#sent.delete(number);
        for (const tell of this.#taken.splice(0)) tell();
      })
      // A fault of the thread ends it, and with it this process: told by its `error` event.
      .catch(() => undefined);
    while (this.#inFlightBytes > IN_FLIGHT_BYTES_MAX && !assignment.signal.aborted)
      await this.#someTaken();
  }

  search(tenant: TenantContext, request: SearchRequest): Promise<SearchPage> {
    return this.#calls.call('search', [tenant.tenantId, request]);
  }

  histogram(tenant: TenantContext, request: HistogramRequest): Promise<readonly HistogramBar[]> {
    return this.#calls.call('histogram', [tenant.tenantId, request]);
  }

  aggregate(tenant: TenantContext, request: AggregateRequest): Promise<readonly AggregateBucket[]> {
    return this.#calls.call('aggregate', [tenant.tenantId, request]);
  }

  /** What became of frames, of those that are in the event store. */
  findFrames(tenant: TenantContext, frameIds: readonly string[]): Promise<readonly FrameRecord[]> {
    return this.#calls.call('findFrames', [tenant.tenantId, frameIds]);
  }

  /** Removes what is older from event store and archive. */
  expire(tenant: TenantContext, ages: StorageAges): Promise<Removed> {
    return this.#calls.call('expire', [tenant.tenantId, ages]);
  }

  /** Removes everything of a tenant from windows, event store and archive. */
  erase(tenant: TenantContext): Promise<Removed> {
    return this.#calls.call('erase', [tenant.tenantId]);
  }

  /** Says whether the thread answers and how far it is behind. */
  async check(): Promise<Readiness> {
    const damage: EventDamage = await this.#calls.call('ping', []);
    const behind = (this.#inFlightBytes / 1e6).toFixed(1);
    const late =
      this.#deferredRules === 0
        ? ''
        : `; ${this.#deferredRules} Sigma rules run late, ${await this.#lane.waiting()} frames wait for them`;
    const detail = `the event store answers; ${behind} MB are being processed${late}`;
    const missing = sayDamage(damage);
    if (missing.length === 0) return { status: 'ok', detail };
    return { status: 'unknown', detail: [detail, ...missing].join('; ') };
  }

  /** Swaps the rules of a tenant between two frames; gives those that cannot run. */
  setRules(tenantId: TenantId, settings: readonly RuleSetting[]): Promise<readonly RuleFault[]> {
    return this.#calls.call('setRules', [tenantId, settings]);
  }

  /** The Sigma rules off the hot path, and the frames that wait for them. */
  async deferredNow(): Promise<DeferredNow> {
    const rules = await this.#calls.call<readonly Deferral[]>('deferrals', []);
    return { rules, waiting: await this.#lane.waitingByTenant() };
  }

  /** Takes all that people want back on the hot path. */
  putBack(asked: readonly PutBack[]): Promise<void> {
    return this.#calls.call('putBack', [asked]);
  }

  /** The Sigma documents of the installation, with what became of each. */
  sigmaCatalogue(): Promise<readonly SigmaEntry[]> {
    return this.#calls.call('sigmaCatalogue', []);
  }

  /** Metrics of the pipeline's thread, in Prometheus' text format. */
  metrics(): Promise<string> {
    return this.#calls.call('metrics', []);
  }

  async #deferred(rules: readonly DeferredRule[]): Promise<void> {
    const { windowsLost, lookbackMs } = await this.#ready;
    this.#deferredRules = rules.length;
    await this.#lane.setRules(rules, windowsLost ? lookbackMs : 0);
  }

  #numbered(entry: LogEntry): number {
    this.#lastNumber = (this.#lastNumber % NUMBER_MAX) + 1;
    this.#sent.set(this.#lastNumber, entry);
    return this.#lastNumber;
  }

  /** The thread does not come back: what it hung on is remembered, and the process ends. The bus gives the frame again. */
  async #endHung({ frame, ordinal }: Place): Promise<void> {
    const entry = this.#sent.get(frame);
    this.#stopping = true;
    let on = ', and not in an item of a frame';
    if (entry !== undefined && ordinal !== undefined) {
      const { id: frameId, tenantId } = entry.frame;
      on = ` on item ${ordinal} of frame ${frameId} of ${tenantId}`;
      await this.#hung?.note({ frameId, ordinal });
    }
    const error = new Error(`the pipeline's thread hangs${on}`);
    const ended = this.#worker.terminate();
    this.#calls.fail(error);
    this.#onFatal(error);
    await ended;
  }

  #someTaken(): Promise<void> {
    return new Promise((resolve) => this.#taken.push(resolve));
  }

  async #deadLetter(position: LogPosition, ordinal: number, reason: string): Promise<void> {
    const entry = this.#inFlight.get(placeOf(position));
    assert(
      entry !== undefined && this.#assignment !== undefined,
      'a frame is parked while it is being taken',
    );
    await this.#assignment.deadLetter(entry, ordinal, reason);
  }

  async #commit(positions: readonly LogPosition[]): Promise<void> {
    const isDeferred = ({ topic }: LogPosition): boolean => topic === DEFERRED_TOPIC;
    const deferred = positions.filter(isDeferred);
    if (deferred.length > 0) await this.#lane.commit(deferred);
    const own = positions.filter((position) => !isDeferred(position));
    if (own.length === 0) return;
    assert(this.#assignment !== undefined, 'a cursor moves only under a lease');
    await this.#assignment.commit(own);
  }
}

function placeOf({ shard, tenantId, offset }: LogPosition): string {
  return `${shard}/${tenantId}/${offset}`;
}

function sayDamage({ setAside, unreadable }: EventDamage): string[] {
  const said: string[] = [];
  if (setAside.length > 0)
    said.push(`damaged and set aside in data/events/damaged, not searched: ${setAside.join(', ')}`);
  if (unreadable.length > 0)
    said.push(`damaged, searches that meet it are refused: ${unreadable.join(', ')}`);
  return said;
}

/** The body is copied: the bus keeps its own for other readers. */
function toSent({ position, frame, replayed }: LogEntry, number: number): SentEntry {
  return { position, number, replayed, frame: { ...frame, body: new Uint8Array(frame.body) } };
}

function asFrame(frame: Frame): Frame {
  const { buffer, byteOffset, byteLength } = frame.body;
  return { ...frame, body: Buffer.from(buffer, byteOffset, byteLength) };
}
