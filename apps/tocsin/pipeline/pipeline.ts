import { systemContext, type TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { LogPosition } from '@tocsin/bus/event-bus.ts';
import type { Frame } from '@tocsin/bus/frame.ts';
import type { Detector } from '@tocsin/detect-service/detector.ts';
import { deferralAlert } from '@tocsin/detect-service/domain/sigma/deferral-alert.ts';
import type { Deferral } from '@tocsin/detect-service/domain/sigma/deferred-rules.ts';
import { assert } from '@tocsin/kernel/assert.ts';
import { type CancelTimer, sleep } from '@tocsin/kernel/clock.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import {
  type NormalizedFrame,
  normalizeFrame,
} from '@tocsin/normalize-service/domain/normalize-frame.ts';
import type { RawArchive } from '@tocsin/objects/raw-archive.ts';
import type { DuckDbEventStore } from '@tocsin/search/duckdb/duckdb-event-store.ts';
import {
  type EventWriter,
  type FrameEvent,
  ROLL_ROWS,
} from '@tocsin/search/duckdb/event-writer.ts';
import type { WindowStore } from '@tocsin/windows/window-store.ts';
import type { DeferredEntry } from './deferred-protocol.ts';
import { findDuplicates } from './find-duplicates.ts';
import { PipelineSender } from './pipeline-sender.ts';
import type { Progress } from './progress.ts';
import { Turns } from './turns.ts';

/** What is in memory becomes durable, and the cursor moves, at least this often. */
export const BARRIER_EVERY_MS = 10_000;
/** Alerts whose updates were held back are looked for this often. */
const DUE_ALERTS_EVERY_MS = 250;

/** Frames are held for deferred rules that go back while so many wait for them, so long, and looked at so often. */
const HELD_FOR_FRAMES_MAX = 16;
const HELD_MS_MAX = 2_000;
const HELD_LOOK_MS = 50;

/** A frame for the pipeline. */
export interface PipelineEntry {
  readonly position: LogPosition;
  readonly frame: Frame;
  /** At or below the committed cursor: read again only to fill windows that were lost. */
  readonly replayed: boolean;
  /** By which {@link PipelineParts.progress} names it; above 0. */
  readonly number?: number;
}

/** What the pipeline asks of the bus. All resolve when durable. */
export interface PipelineOutput {
  publish(frames: readonly Frame[]): Promise<void>;
  deadLetter(entry: PipelineEntry, ordinal: number, reason: string): Promise<void>;
  /** Of frames of events, and of those of deferred rules. */
  commit(positions: readonly LogPosition[]): Promise<void>;
  /** Frames that wait for deferred rules. */
  deferredWaiting?(): Promise<number>;
}

/** What the pipeline counts; metrics of the process stand behind it. */
export interface PipelineCounters {
  stored(tenantId: TenantId, events: number, parseFailed: number): void;
  duplicates(tenantId: TenantId, events: number): void;
  deadLettered(tenantId: TenantId, events: number): void;
  alertsPublished(tenantId: TenantId, alerts: number): void;
  /** Events that rules off the hot path will not be tried on, because too much waits for them. */
  deferredLost?(tenantId: TenantId, events: number): void;
  barrier(seconds: number): void;
}

/** What the pipeline uses of the event store. */
export interface PipelineStore extends Pick<DuckDbEventStore, 'findFrameAt'> {
  readonly writer: Pick<
    EventWriter,
    'accepted' | 'append' | 'commit' | 'hotRows' | 'isRepeated' | 'pass' | 'seal' | 'startsDay'
  >;
}

export interface PipelineParts {
  readonly store: PipelineStore;
  readonly archive: Pick<RawArchive, 'add' | 'flush'>;
  readonly windows: WindowStore;
  readonly detector: Detector;
  readonly output: PipelineOutput;
  readonly counters: PipelineCounters;
  readonly world: World;
  /** Told which frame and item is looked at; default: nobody. */
  readonly progress?: Progress;
  /** Told when a barrier fails: nothing may be acknowledged any more, the process ends. */
  readonly onFatal: (error: unknown) => void;
  /** Told of rules that were moved off the hot path, once that is durable, and of those that came back. */
  readonly onDeferred?: (moved: readonly Deferral[]) => void;
}

/**
 * Steps 2 to 7 of the way of an event (design 3) in one place: identify, normalise, detect, store, publish alerts,
 * move the cursor. Frames are taken one after the other; what they leave in memory becomes durable at a *barrier*:
 *
 * 1. no frame is taken; held alerts are published, and all alerts and dead letters so far are durable;
 * 2. archive, hot rows and windows are cut off at the last frame taken, and frames are taken again;
 * 3. the archive is put, then the rows with their offsets are committed, the windows' checkpoint is written;
 * 4. the cursor moves to the last frame of the cut.
 *
 * The order is the point: rows refer to archived lines, windows must not know events whose alerts are not out, and the
 * cursor must not pass anything that is only in memory. A crash anywhere repeats work that every part ignores.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #sender: PipelineSender;
  readonly #turns: Turns;
  readonly #done = new Map<string, LogPosition>();
  /** Last offset taken per source. */
  readonly #last = new Map<string, number>();
  #barrier: Promise<void> = Promise.resolve();
  #barrierRuns = false;
  #cancelTimers: CancelTimer[] = [];
  #stopped = false;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#sender = new PipelineSender(parts);
    this.#turns = new Turns(parts.onFatal);
    this.#every(BARRIER_EVERY_MS, () => this.barrier());
    this.#every(DUE_ALERTS_EVERY_MS, () =>
      this.#turns.run(async () =>
        this.#sender.sendHeld([...parts.detector.idleAlerts(), ...parts.detector.dueAlerts()]),
      ),
    );
  }

  /** Takes one frame. Resolves when its events are in memory and its alerts are on their way. */
  take(entry: PipelineEntry): Promise<void> {
    return this.#turns.runUnheld(async () => {
      // The store commits a day's rows when the next begins, which only a barrier may do: it archives their lines first.
      if (this.#parts.store.writer.startsDay(entry.frame.receivedAt)) await this.#cutAndWait();
      const moved = await this.#process(entry);
      if (moved.length > 0) await this.#moved(entry, moved);
      // One barrier at a time: when storing falls behind, taking waits, and the bus holds what comes.
      if (this.#parts.store.writer.hotRows >= ROLL_ROWS) await this.#cut();
    });
  }

  /** Makes everything taken so far durable and moves the cursor. */
  async barrier(): Promise<void> {
    await this.#turns.run(() => this.#cut());
    await this.#barrier;
  }

  /** Runs work while no frame is taken and everything taken is durable. A fault of the work is the caller's alone. */
  async still<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = Promise.withResolvers<Result>();
    await this.#turns.run(async () => {
      await this.#cutAndWait();
      await work().then(result.resolve, result.reject);
    });
    return result.promise;
  }

  /** Ends with a barrier; takes nothing more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#cancelTimers) cancel();
    await this.barrier();
  }

  /** Of positions that the cursor has passed, those whose frames the event store lacks: what it had was damaged. */
  lacking(positions: readonly LogPosition[]): readonly LogPosition[] {
    const { writer } = this.#parts.store;
    return positions.filter((position) => writer.accepted(sourceOf(position)) < position.offset);
  }

  /** Takes what rules off the hot path found in a frame. Resolves when it is counted and its alerts are on their way. */
  takeDeferred(entry: DeferredEntry): Promise<void> {
    return this.#turns.run(async () => {
      const { detector } = this.#parts;
      const { position, tenantId, receivedAt, replayed, found } = entry;
      const tenant = systemContext(tenantId, 'pipeline');
      const at = { source: sourceOf(position), offset: position.offset };
      const alerts = await detector.detectFound(tenant, at, found, receivedAt, replayed);
      if (replayed) return;
      this.#sender.send(tenantId, alerts);
      this.#done.set(at.source, position);
    });
  }

  /**
   * Gives rules back to the hot path, if nothing waits for them: then, and only then, no event is tried twice or not at
   * all. When only a few frames wait, new ones are held for a moment until those are worked off: under a steady stream
   * there would always be some. @returns whether nothing waited
   */
  async giveBack(give: () => void): Promise<boolean> {
    const { clock } = this.#parts.world;
    const release = this.#turns.hold();
    const heldAt = clock.monotonic();
    try {
      for (;;) {
        const waiting = await this.still(async () => {
          const frames = (await this.#parts.output.deferredWaiting?.()) ?? 0;
          if (frames === 0) give();
          return frames;
        });
        if (waiting === 0) return true;
        if (waiting > HELD_FOR_FRAMES_MAX || clock.monotonic() - heldAt > HELD_MS_MAX) return false;
        await sleep(clock, HELD_LOOK_MS);
      }
    } finally {
      release();
    }
  }

  /** A rule is tried elsewhere from the next frame on: that is durable before any frame waits for it there. */
  async #moved({ frame }: PipelineEntry, moved: readonly Deferral[]): Promise<void> {
    const alerts = moved.map((one) => deferralAlert(frame.tenantId, one));
    this.#sender.send(frame.tenantId, alerts);
    await this.#cutAndWait();
    this.#parts.onDeferred?.(moved);
  }

  async #process(entry: PipelineEntry): Promise<readonly Deferral[]> {
    const { detector, progress, store } = this.#parts;
    const { frame, position } = entry;
    progress?.frame(entry.number ?? 0, frame.id);
    const tenant = systemContext(frame.tenantId, 'pipeline');
    const source = sourceOf(position);
    const beforeItem = (ordinal: number): string | undefined => progress?.item(ordinal);
    const last = this.#last.get(source) ?? position.offset - 1;
    assert(position.offset <= last + 1, 'frames of a source come in order and without gaps');
    this.#last.set(source, Math.max(last, position.offset));
    const normalized = frame.count === 0 ? NOTHING : normalizeFrame(frame, 0, beforeItem);
    progress?.idle();
    const known = position.offset <= store.writer.accepted(source);
    const duplicates = await findDuplicates(store, tenant, source, entry, normalized, known);
    const kept = withoutDuplicates(normalized, duplicates);
    const events = kept.map(({ event }) => event);
    const at = { source, offset: position.offset };
    const beforeEvent = (index: number): unknown => progress?.item(kept[index]?.ordinal ?? 0);
    const { receivedAt } = frame;
    const found = await detector.detectFrame(
      tenant,
      at,
      events,
      receivedAt,
      entry.replayed,
      beforeEvent,
    );
    progress?.idle();
    if (!known && frame.count > 0)
      await this.#store(tenant, at, entry, kept, found.matches, [...duplicates], normalized);
    else if (!known) await store.writer.pass(source, position.offset, frame.receivedAt);
    if (entry.replayed) return found.moved;
    if (found.isDeferred) this.#sender.defer(frame);
    this.#sender.send(frame.tenantId, found.alerts, frame);
    if (!known)
      for (const { ordinal, reason } of normalized.dead) this.#sender.park(entry, ordinal, reason);
    this.#done.set(source, position);
    return found.moved;
  }

  async #store(
    tenant: TenantContext,
    at: { source: string; offset: number },
    { frame }: PipelineEntry,
    kept: readonly { event: FrameEvent['event']; ordinal: number }[],
    matches: readonly (readonly string[] | undefined)[],
    duplicates: readonly number[],
    normalized: NormalizedFrame,
  ): Promise<void> {
    const { archive, counters, store } = this.#parts;
    const place = archive.add(tenant, frame.receivedAt, frame.body, frame.count);
    const rows = kept.map(({ event, ordinal }, index) => ({
      event,
      ordinal,
      rules: matches[index],
    }));
    const deadLetters = normalized.dead.map(({ ordinal }) => ordinal);
    const { id: frameId, receivedAt, count } = frame;
    const facts = { ...at, ...place, frameId, receivedAt, count, duplicates, deadLetters };
    await store.writer.append(tenant, facts, rows);
    const failed = rows.filter(({ event }) => event.parseStatus === 'failed').length;
    counters.stored(tenant.tenantId, rows.length, failed);
    if (duplicates.length > 0) counters.duplicates(tenant.tenantId, duplicates.length);
    if (deadLetters.length > 0) counters.deadLettered(tenant.tenantId, deadLetters.length);
  }

  /** Steps 1 and 2 of a barrier, and starts 3 and 4. Runs while no frame is taken. */
  async #cut(): Promise<void> {
    if (this.#barrierRuns) await this.#barrier;
    const { archive, counters, detector, output, store, windows, world } = this.#parts;
    const started = world.clock.monotonic();
    this.#sender.sendHeld(detector.flushAlerts());
    await this.#sender.settled();
    world.failpoint('alerts.after-publish');
    const positions = [...this.#done.values()];
    this.#done.clear();
    if (positions.length === 0) return;
    const sealed = await store.writer.seal();
    const archived = archive.flush();
    const checkpointed = windows.checkpoint();
    this.#barrierRuns = true;
    this.#barrier = (async () => {
      await archived;
      await store.writer.commit(sealed);
      await checkpointed;
      await output.commit(positions);
      counters.barrier((world.clock.monotonic() - started) / 1000);
    })().finally(() => {
      this.#barrierRuns = false;
    });
    this.#barrier.catch((error: unknown) => this.#parts.onFatal(error));
    checkpointed.catch(() => undefined);
  }

  async #cutAndWait(): Promise<void> {
    await this.#cut();
    await this.#barrier;
  }

  #every(periodMs: number, run: () => Promise<void>): void {
    const index = this.#cancelTimers.push(() => undefined) - 1;
    const arm = (): void => {
      this.#cancelTimers[index] = this.#parts.world.clock.after(periodMs, () => {
        if (this.#stopped) return;
        run().then(arm, (error: unknown) => this.#parts.onFatal(error));
      });
    };
    arm();
  }
}

/** What stands where the bus lost a frame: it has no item, and the cursor passes it. */
const NOTHING: NormalizedFrame = { events: [], ordinals: [], dead: [] };

/** The name under which store and windows remember the offset of a source. */
function sourceOf({ topic, shard, tenantId }: LogPosition): string {
  return `${topic}/${shard}/${tenantId}`;
}

function withoutDuplicates(
  { events, ordinals }: NormalizedFrame,
  duplicates: ReadonlySet<number>,
): { event: FrameEvent['event']; ordinal: number }[] {
  const kept: { event: FrameEvent['event']; ordinal: number }[] = [];
  events.forEach((event, index) => {
    const ordinal = ordinals[index] ?? 0;
    if (!duplicates.has(ordinal)) kept.push({ event, ordinal });
  });
  return kept;
}
