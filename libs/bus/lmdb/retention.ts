import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { FrameLog } from './frame-log.ts';
import type { FrameStore } from './frame-store.ts';
import type { GroupTable } from './group-table.ts';
import type { BusCounters, LmdbBusLimits } from './limits.ts';
import type { MetaStore } from './meta-store.ts';
import type { Source } from './source.ts';

type Verdict = 'keep' | 'drop' | 'drop-early' | 'drop-unclaimed';

/** Unlinks generations that nobody needs any more, oldest first. */
export class Retention {
  readonly #frames: FrameStore;
  readonly #groups: GroupTable;
  readonly #meta: MetaStore;
  readonly #world: World;
  readonly #limits: LmdbBusLimits;
  readonly #counters: BusCounters;
  readonly #forgotten = new Set<TenantId>();

  constructor(
    frames: FrameStore,
    groups: GroupTable,
    meta: MetaStore,
    world: World,
    limits: LmdbBusLimits,
    counters: BusCounters,
  ) {
    this.#frames = frames;
    this.#groups = groups;
    this.#meta = meta;
    this.#world = world;
    this.#limits = limits;
    this.#counters = counters;
  }

  /** @param diskLow read frames go at once instead of after `retentionMs` */
  async sweep(diskLow: boolean): Promise<void> {
    for (const log of this.#frames.logs) await this.#sweepLog(log, diskLow);
  }

  /**
   * From now on read frames of the tenant go as soon as they can: the generations they are in are not kept for
   * `retentionMs`. What other tenants still wait for in the same generation keeps it.
   */
  async forget(tenantId: TenantId): Promise<void> {
    this.#forgotten.add(tenantId);
    for (const log of this.#frames.logs) {
      const newest = log.generations.at(-1);
      const holds = [...log.sources].some(
        (source) => source.tenantId === tenantId && source.spans.at(-1)?.generation === newest,
      );
      if (holds) await log.startGeneration();
    }
  }

  async #sweepLog(log: FrameLog, diskLow: boolean): Promise<void> {
    for (;;) {
      const [oldest, next] = log.generations;
      if (oldest === undefined || next === undefined) return;
      const inIt = [...log.sources].filter((source) => source.spans[0]?.generation === oldest);
      // Where nothing was appended behind the oldest yet, an append to it may be under way.
      const { turns } = log;
      const mayGrow = next.createdAt === undefined;
      const now = this.#world.clock.now();
      const verdict = this.#judge(inIt, now - (next.createdAt ?? now), diskLow);
      if (verdict === 'keep') return;
      await this.#saveHeads(inIt);
      // A group may have come into being meanwhile: these frames wait for it.
      if (this.#judge(inIt, now - (next.createdAt ?? now), diskLow) === 'keep') return;
      if (mayGrow && (turns % 2 === 1 || log.turns !== turns)) return;
      await log.dropOldest();
      this.#counters.generationsUnlinked += 1;
      if (verdict === 'drop-early') this.#counters.generationsUnlinkedEarly += 1;
      if (verdict === 'drop-unclaimed') this.#counters.generationsUnlinkedUnclaimed += 1;
    }
  }

  #judge(inIt: readonly Source[], ageMs: number, diskLow: boolean): Verdict {
    const forgotten = inIt.some((source) => this.#forgotten.has(source.tenantId));
    if (ageMs < this.#limits.retentionMs && !diskLow && !forgotten) return 'keep';
    let unclaimed = false;
    for (const source of inIt) {
      const last = source.spans[0]?.last ?? 0;
      const groups = this.#groups.of(source.topic);
      if (groups.some((group) => group.offsetOf(source) < last)) return 'keep';
      if (groups.length > 0) continue;
      if (this.#forgotten.has(source.tenantId)) continue;
      if (ageMs < this.#limits.unclaimedRetentionMs) return 'keep';
      unclaimed = true;
    }
    if (unclaimed) return 'drop-unclaimed';
    return ageMs < this.#limits.retentionMs ? 'drop-early' : 'drop';
  }

  /** The numbers of a source go on after its last frame is gone. */
  async #saveHeads(sources: readonly Source[]): Promise<void> {
    await this.#meta.change((records) => {
      for (const { topic, shard, tenantId, head, headTotals } of sources) {
        records.putJson(['head', topic, shard, tenantId], { seq: head, ...headTotals });
      }
    });
  }
}
