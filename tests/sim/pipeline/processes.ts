import type { Frame } from '@tocsin/bus/frame.ts';
import { RULE_PACK } from '@tocsin/content/rule-pack.ts';
import type { IncomingAlert } from '@tocsin/correlate-service/domain/correlation-plan.ts';
import { parseScoredAlert } from '@tocsin/correlate-service/domain/parse-scored-alert.ts';
import { createDetector } from '@tocsin/detect-service/detector.ts';
import { buildRuleRegistry } from '@tocsin/detect-service/domain/rule-registry.ts';
import { FrameCoalescer } from '@tocsin/ingest-service/domain/frame-coalescer.ts';
import { noFailpoints } from '@tocsin/kernel/failpoint.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import { seededRandom } from '@tocsin/kernel/random.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { uuidV5 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { FolderObjectStore } from '@tocsin/objects/folder-object-store.ts';
import { Pipeline } from '@tocsin/tocsin/pipeline/pipeline.ts';
import { openMemoryWindowStore } from '@tocsin/windows/memory-window-store.ts';
import { Life, type Machine } from './machine.ts';
import type { PipelineBreak } from './pipeline-breaks.ts';
import { SimArchive } from './sim-archive.ts';
import { SimBus, type SimLog } from './sim-bus.ts';
import type { SimDatabase } from './sim-database.ts';
import type { SimDisk } from './sim-disk.ts';
import { openSimStore, type SimTables } from './sim-event-store.ts';

export const TENANT = parseTenantId('acme-corp');
const registry = buildRuleRegistry(RULE_PACK);
const RESTART_MS = 1_000;
const AGAIN_MS = 500;
const BATCH_FRAMES_MAX = 4;

/** What outlives the processes. */
export interface SimHome {
  readonly disk: SimDisk;
  readonly log: SimLog;
  readonly tables: SimTables;
  readonly database: SimDatabase;
}

/** The data process while it is up. */
export interface SimData {
  readonly life: Life;
  readonly bus: SimBus;
  readonly coalescer: FrameCoalescer;
}

/** The processes of the product on one machine: each is started again a second after its end. */
export class SimProduct {
  readonly machine: Machine;
  readonly home: SimHome;
  readonly #broken: PipelineBreak | undefined;
  /** Faults that must not happen whatever fails: broken invariants of the product. */
  readonly faults: string[] = [];
  data: SimData | undefined;
  dataLife: Life | undefined;
  controlLife: Life | undefined;
  starts = 0;
  readonly #supervisor = new Life('supervisor');

  constructor(machine: Machine, home: SimHome, broken: PipelineBreak | undefined) {
    this.machine = machine;
    this.home = home;
    this.#broken = broken;
    this.#startData();
    this.#startControl();
  }

  kill(life: Life | undefined): void {
    if (life?.alive) this.machine.kill(life);
  }

  cutPower(): void {
    this.kill(this.dataLife);
    this.kill(this.controlLife);
    this.home.disk.cutPower();
    this.home.log.cutPower(this.machine);
  }

  #startData(): void {
    const life = new Life('data');
    this.dataLife = life;
    this.starts += 1;
    life.onEnd(() => {
      this.data = undefined;
      void this.machine.sleep(this.#supervisor, RESTART_MS).then(() => this.#startData());
    });
    this.#runData(life).catch((error: unknown) => this.#end(life, error));
  }

  #startControl(): void {
    const life = new Life('control');
    this.controlLife = life;
    life.onEnd(() => {
      void this.machine.sleep(this.#supervisor, RESTART_MS).then(() => this.#startControl());
    });
    this.#runControl(life).catch((error: unknown) => this.#end(life, error));
  }

  /** A process ends by itself after a fault. One of the disk or the bus is planned, any other is the product's. */
  #end(life: Life, error: unknown): void {
    if (!life.alive) return;
    if (!isPlanned(error)) this.faults.push(`${life.name} ended: ${String(error)}`);
    this.machine.kill(life);
  }

  async #runData(life: Life): Promise<void> {
    const { machine, home } = this;
    const random = seededRandom(machine.below(2 ** 31));
    const clock = machine.clockOf(life);
    const world: World = { clock, random, disk: home.disk.of(life), failpoint: noFailpoints };
    const onFatal = (error: unknown): void => this.#end(life, error);
    const bus = new SimBus(machine, life, home.log, this.#broken, onFatal);
    const objects = await FolderObjectStore.open('/objects', world);
    const windows = await openMemoryWindowStore(world, { folder: '/windows' });
    const detector = createDetector({ rules: registry, windows, world });
    const nothing = (): void => undefined;
    const pipeline = new Pipeline({
      store: openSimStore(machine, life, home.tables, random, this.#broken),
      archive: new SimArchive(objects, world),
      windows,
      detector,
      world,
      counters: {
        stored: nothing,
        duplicates: nothing,
        deadLettered: (_, events) => this.faults.push(`${events} events were parked`),
        alertsPublished: nothing,
        barrier: nothing,
      },
      output: {
        publish: (frames) => {
          const published = bus.publish(frames);
          if (this.#broken !== 'alerts-early') return published;
          published.catch(() => undefined);
          return Promise.resolve();
        },
        deadLetter: () => Promise.resolve(),
        commit: (positions) =>
          bus.commit('raw.events', Math.max(...positions.map(({ offset }) => offset))),
      },
      onFatal,
    });
    this.data = { life, bus, coalescer: new FrameCoalescer(bus as never, world) };
    const committed = bus.cursor('raw.events');
    let offset = windows.lost ? 1 : committed + 1;
    for (;;) {
      const frame: Frame | undefined = bus.frames('raw.events')[offset - 1];
      if (frame === undefined) {
        await bus.changed();
        continue;
      }
      await machine.call(life, 'bus read', nothing);
      const position = { topic: 'raw.events' as const, shard: 0, tenantId: TENANT, offset };
      await pipeline.take({ position, frame, replayed: offset <= committed });
      offset += 1;
    }
  }

  async #runControl(life: Life): Promise<void> {
    const { machine } = this;
    for (;;) {
      const { data } = this;
      const from = data?.bus.cursor('alerts.scored') ?? 0;
      const frames = data?.bus.frames('alerts.scored').slice(from, from + BATCH_FRAMES_MAX) ?? [];
      if (data === undefined || frames.length === 0) {
        await machine.sleep(life, AGAIN_MS);
        continue;
      }
      try {
        await this.#correlate(life, data, frames, from);
      } catch (error) {
        if (!isProblem(error)) throw error;
        await machine.sleep(life, AGAIN_MS);
      }
    }
  }

  async #correlate(
    life: Life,
    { bus, life: other }: SimData,
    frames: readonly Frame[],
    from: number,
  ): Promise<void> {
    const { machine, home } = this;
    await machine.call(life, 'alerts read', () => undefined);
    const incoming = frames.flatMap((frame) => alertsOf(frame, this.#broken, machine));
    const done = from + frames.length;
    // Who waits for a process that ends hears of its end: then the batch comes again.
    const ended = new Promise<never>((_, reject) => {
      if (!other.alive) reject(connectionLost());
      other.onEnd(() => reject(connectionLost()));
    });
    ended.catch(() => undefined);
    const move = (): Promise<void> => Promise.race([bus.commit('alerts.scored', done), ended]);
    if (this.#broken === 'correlate-cursor-first') await move();
    await home.database.correlate(life, TENANT, incoming, machine.now);
    await move();
  }
}

function connectionLost(): Problem {
  return new Problem('unavailable', { detail: 'the data process is gone' });
}

function alertsOf(
  frame: Frame,
  broken: PipelineBreak | undefined,
  machine: Machine,
): IncomingAlert[] {
  return frame.body
    .toString()
    .split('\n')
    .map((line) => {
      const parsed = parseScoredAlert(line, TENANT);
      if (parsed.kind === 'fault') throw new Error(parsed.reason);
      const { incoming } = parsed;
      if (broken !== 'alert-not-idempotent') return incoming;
      const id = uuidV5(incoming.alert.alert_id, String(machine.steps));
      return { ...incoming, alert: { ...incoming.alert, alert_id: id } };
    });
}

/** A process ends by itself when disk or bus fail it. Windows name what they failed by as the cause. */
function isPlanned(error: unknown): boolean {
  if (isProblem(error)) return error.cause === undefined || isPlanned(error.cause);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return code === 'EIO' || code === 'ENOSPC' || error.message === 'planned EIO';
}
