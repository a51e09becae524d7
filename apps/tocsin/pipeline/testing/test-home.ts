import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import type { LogPosition } from '@tocsin/bus/event-bus.ts';
import type { Frame } from '@tocsin/bus/frame.ts';
import { RULE_PACK } from '@tocsin/content/rule-pack.ts';
import type { ScoredAlert } from '@tocsin/contracts/alert.ts';
import { createDetector, type Detector } from '@tocsin/detect-service/detector.ts';
import { buildRuleRegistry } from '@tocsin/detect-service/domain/rule-registry.ts';
import type { SigmaInUse } from '@tocsin/detect-service/domain/sigma/sigma-match.ts';
import { SigmaRules } from '@tocsin/detect-service/domain/sigma/sigma-rules.ts';
import { type Disk, systemDisk } from '@tocsin/kernel/disk.ts';
import type { Failpoint } from '@tocsin/kernel/failpoint.ts';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { FolderObjectStore } from '@tocsin/objects/folder-object-store.ts';
import { findRawLine, formatRawRef, RawArchive } from '@tocsin/objects/raw-archive.ts';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import { DuckDbEventStore } from '@tocsin/search/duckdb/duckdb-event-store.ts';
import { ALL_TIME, type Document } from '@tocsin/search/search-store.ts';
import { openMemoryWindowStore } from '@tocsin/windows/memory-window-store.ts';
import { DeferredTrial } from '../deferred-trial.ts';
import { Pipeline, type PipelineOutput } from '../pipeline.ts';

const registry = buildRuleRegistry(RULE_PACK);

/** A planned crash: the label, and how many passes it is after. */
export interface CrashPlan {
  readonly label: Failpoint;
  readonly passes: number;
  /** A part that takes its time, so that the others are ahead of it when the crash comes. */
  readonly slow?: 'nothing' | 'publish' | 'checkpoint';
}

/** How slow a slow part is: longer than a commit takes here. */
const SLOW_MS = 30;

/** What the pipeline counted, all tenants together. */
export interface Counted {
  stored: number;
  parseFailed: number;
  duplicates: number;
  deadLettered: number;
}

/** One process: a dead one stays dead, also when a timer of it fires later. */
interface Life {
  crashed: boolean;
  /** By its plan, and not by the test. */
  died: boolean;
  passes: number;
}

/** The end of a process in a test: thrown from a failpoint. */
export class Crash extends Error {}

/**
 * One home of the product in a temporary folder, with real stores and a log of frames in memory: opened, crashed and
 * opened again. What the pipeline publishes and commits survives its crashes, as it would on the bus.
 */
export class TestHome {
  readonly clock = new ManualClock(Date.UTC(2026, 2, 3, 12));
  readonly log: Frame[] = [];
  /** Offset up to which the log is done. */
  cursor = 0;
  readonly published: ScoredAlert[] = [];
  /** Sigma rules, if a test has some, and what each may cost. */
  sigma: { readonly content: SigmaInUse; readonly stepsMax: number } | undefined;
  /** Frames that wait for rules off the hot path, and how many of them are done. */
  readonly deferred: Frame[] = [];
  deferredCursor = 0;
  #laneAt = 0;
  detector!: Detector;
  readonly deadLetters: { offset: number; ordinal: number; reason: string }[] = [];
  readonly counted: Counted = { stored: 0, parseFailed: 0, duplicates: 0, deadLettered: 0 };
  readonly fatal: unknown[] = [];
  /** What the bus refuses a publish with, if it does. */
  refusePublish: () => Error | undefined = () => undefined;
  plan: CrashPlan | undefined;
  /** The disk below objects and checkpoints: one that fails, if a test wants so. */
  disk: Disk = systemDisk;
  pipeline!: Pipeline;
  store!: DuckDbEventStore;
  windowsLost = false;
  readonly #folder: string;
  #objects!: FolderObjectStore;
  #life: Life = { crashed: false, died: false, passes: 0 };

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<TestHome> {
    return new TestHome(await mkdtemp(join(tmpdir(), 'tocsin-pipeline-')));
  }

  /** Starts a process on what is on disk. */
  async open(): Promise<void> {
    const life = { crashed: false, died: false, passes: 0 };
    this.#life = life;
    const world = this.#world(life);
    const folder = join(this.#folder, 'events');
    this.store = await DuckDbEventStore.open({ folder, world, formatRawRef, memoryMb: 256 });
    this.#objects = await FolderObjectStore.open(join(this.#folder, 'objects'), world);
    const windows = await openMemoryWindowStore(world, { folder: join(this.#folder, 'windows') });
    this.windowsLost = windows.lost;
    const sigma = this.sigma && new SigmaRules(new Set(['linux-auth']));
    if (this.sigma !== undefined) sigma?.use(this.sigma.content);
    this.detector = createDetector({
      rules: registry,
      windows,
      world,
      ...(sigma && { sigma }),
      sigmaStepsMax: this.sigma?.stepsMax,
    });
    this.#laneAt = this.deferredCursor;
    this.pipeline = new Pipeline({
      store: this.store,
      archive: new RawArchive(this.#objects, world),
      windows,
      detector: this.detector,
      world,
      counters: this.#counters(),
      output: this.#output(world),
      onFatal: (error) => this.fatal.push(error),
    });
  }

  /** Takes the frames behind the cursor, up to an offset; `replayFrom` gives older ones again, as after lost windows. */
  async take(until = this.log.length, replayFrom = this.cursor + 1): Promise<void> {
    for (let offset = replayFrom; offset <= until; offset += 1) {
      const frame = this.log[offset - 1];
      if (frame !== undefined) await this.takeOne(frame, offset);
    }
  }

  takeOne(frame: Frame, offset: number): Promise<void> {
    const position = { ...at(frame), offset };
    return this.pipeline.take({ position, frame, replayed: offset <= this.cursor });
  }

  /** Whether the store lacks the frame at an offset, by what it says of itself. */
  lacking(offset: number): boolean {
    const frame = this.log[0];
    return frame !== undefined && this.pipeline.lacking([{ ...at(frame), offset }]).length > 0;
  }

  /** Tries deferred rules on the frames that wait for them, as their thread does. */
  async runLane(): Promise<void> {
    const trial = new DeferredTrial();
    trial.setRules(this.detector.deferring?.rules() ?? []);
    for (; this.#laneAt < this.deferred.length; this.#laneAt += 1) {
      const frame = this.deferred[this.#laneAt];
      if (frame === undefined) return;
      const position = {
        ...at(frame),
        topic: frame.topic,
        offset: this.#laneAt + 1,
      } as LogPosition;
      const { tenantId, receivedAt } = frame;
      const found = trial.take(frame, undefined);
      await this.pipeline.takeDeferred({
        ...found,
        position,
        tenantId,
        receivedAt,
        replayed: false,
        waiting: 0,
      });
    }
  }

  /** True when the process met its planned crash. */
  get crashed(): boolean {
    return this.#life.died;
  }

  /** Ends the process without any chance to make more durable. */
  async crash(): Promise<void> {
    this.#life.crashed = true;
    // Not there when the process died while it opened it.
    const store: DuckDbEventStore | undefined = this.store;
    await store?.close().catch(() => undefined);
  }

  /** Ends the process and removes the home. */
  async discard(): Promise<void> {
    await this.crash();
    await rm(this.#folder, { recursive: true });
  }

  /** Forgets the windows' checkpoints, as a damaged disk would. */
  async loseWindows(): Promise<void> {
    await rm(join(this.#folder, 'windows'), { recursive: true });
  }

  /** The last state of every alert, as the correlator would keep it: only a higher revision counts. */
  get alerts(): Map<string, ScoredAlert> {
    const states = new Map<string, ScoredAlert>();
    for (const alert of this.published) {
      const known = states.get(alert.alert_id);
      if (known === undefined || alert.revision > known.revision) states.set(alert.alert_id, alert);
    }
    return states;
  }

  /** Every stored row of a tenant. The place in the archive is replaced by the raw line that is there. */
  async rows(tenantId: Frame['tenantId']): Promise<Document[]> {
    const tenant = systemContext(tenantId, 'test');
    const rows: Document[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await this.store.search(tenant, {
        collection: 'events',
        query: parseQuery(''),
        range: ALL_TIME,
        limit: 200,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const row of page.items) {
        const raw = await findRawLine(this.#objects, tenant, String(row['raw_ref']));
        rows.push({ ...row, raw_ref: raw });
      }
      cursor = page.nextCursor;
      if (cursor === undefined) return rows;
    }
  }

  #world(life: Life): World {
    const failpoint = (label: Failpoint): void => {
      if (this.plan?.label === label) {
        life.passes += 1;
        if (life.passes > this.plan.passes) {
          life.crashed = true;
          life.died = true;
        }
      }
      // A dead process does nothing more, whatever was under way.
      if (life.crashed) throw new Crash(label);
    };
    return { ...systemWorld(), clock: this.clock, failpoint, disk: this.#mortalDisk(life) };
  }

  /** A disk on which a dead process writes nothing more. */
  #mortalDisk(life: Life): Disk {
    const check = (name: string): void => {
      if (life.crashed) throw new Crash(name);
    };
    const { disk } = this;
    return {
      ...disk,
      writeNew: async (path, bytes) => {
        if (this.plan?.slow === 'checkpoint' && path.includes('/windows/'))
          await setTimeout(SLOW_MS);
        check('writeNew');
        await disk.writeNew(path, bytes);
      },
      rename: async (from, to) => {
        check('rename');
        await disk.rename(from, to);
      },
    };
  }

  #output(world: World): PipelineOutput {
    return {
      publish: async (frames) => {
        if (this.plan?.slow === 'publish') await setTimeout(SLOW_MS);
        const refusal = this.refusePublish();
        if (refusal !== undefined) throw refusal;
        world.failpoint('publish.before-commit');
        for (const frame of frames.filter(({ topic }) => topic === 'deferred.events'))
          this.deferred.push(frame);
        for (const { body } of frames.filter(({ topic }) => topic !== 'deferred.events'))
          this.published.push(
            ...body
              .toString()
              .split('\n')
              .map((line) => JSON.parse(line)),
          );
        world.failpoint('publish.after-commit');
      },
      deadLetter: async ({ position }, ordinal, reason) => {
        this.deadLetters.push({ offset: position.offset, ordinal, reason });
      },
      commit: async (positions) => {
        world.failpoint('cursor.before-commit');
        for (const { topic, offset } of positions) {
          if (topic === 'deferred.events') this.deferredCursor = offset;
          else this.cursor = Math.max(this.cursor, offset);
        }
        world.failpoint('cursor.after-commit');
      },
    };
  }

  #counters(): ConstructorParameters<typeof Pipeline>[0]['counters'] {
    const { counted } = this;
    return {
      stored(_tenant, events, parseFailed) {
        counted.stored += events;
        counted.parseFailed += parseFailed;
      },
      duplicates(_tenant, events) {
        counted.duplicates += events;
      },
      deadLettered(_tenant, events) {
        counted.deadLettered += events;
      },
      alertsPublished: () => undefined,
      barrier: () => undefined,
    };
  }
}

function at(frame: Frame): Omit<LogPosition, 'offset'> {
  return { topic: 'raw.events', shard: 7, tenantId: frame.tenantId };
}
