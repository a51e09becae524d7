import type { World } from '@tocsin/kernel/world.ts';
import type { FrameLog } from './frame-log.ts';
import type { Generation } from './generation.ts';
import type { GroupTable } from './group-table.ts';
import type { BusCounters, LmdbBusLimits } from './limits.ts';
import type { MetaStore } from './meta-store.ts';
import type { Source } from './source.ts';

type Verdict = 'keep' | 'drop' | 'drop-early' | 'drop-unclaimed';

/** Unlinks generations that nobody needs any more, oldest first. */
export class Retention {
  readonly #log: FrameLog;
  readonly #groups: GroupTable;
  readonly #meta: MetaStore;
  readonly #world: World;
  readonly #limits: LmdbBusLimits;
  readonly #counters: BusCounters;

  constructor(
    log: FrameLog,
    groups: GroupTable,
    meta: MetaStore,
    world: World,
    limits: LmdbBusLimits,
    counters: BusCounters,
  ) {
    this.#log = log;
    this.#groups = groups;
    this.#meta = meta;
    this.#world = world;
    this.#limits = limits;
    this.#counters = counters;
  }

  /** @param diskLow read frames go at once instead of after `retentionMs` */
  async sweep(diskLow: boolean): Promise<void> {
    for (;;) {
      const [oldest, next] = this.#log.generations;
      if (oldest === undefined || next?.createdAt === undefined) return;
      const verdict = this.#judge(oldest, this.#world.clock.now() - next.createdAt, diskLow);
      if (verdict === 'keep') return;
      await this.#saveHeads(oldest);
      await this.#log.dropOldest();
      this.#counters.generationsUnlinked += 1;
      if (verdict === 'drop-early') this.#counters.generationsUnlinkedEarly += 1;
      if (verdict === 'drop-unclaimed') this.#counters.generationsUnlinkedUnclaimed += 1;
    }
  }

  #judge(generation: Generation, ageMs: number, diskLow: boolean): Verdict {
    if (ageMs < this.#limits.retentionMs && !diskLow) return 'keep';
    let unclaimed = false;
    for (const source of this.#sourcesIn(generation)) {
      const last = source.spans[0]?.last ?? 0;
      const groups = this.#groups.of(source.topic);
      if (groups.some((group) => group.offsetOf(source) < last)) return 'keep';
      if (groups.length > 0) continue;
      if (ageMs < this.#limits.unclaimedRetentionMs) return 'keep';
      unclaimed = true;
    }
    if (unclaimed) return 'drop-unclaimed';
    return ageMs < this.#limits.retentionMs ? 'drop-early' : 'drop';
  }

  /** The numbers of a source go on after its last frame is gone. */
  async #saveHeads(generation: Generation): Promise<void> {
    const sources = [...this.#sourcesIn(generation)];
    await this.#meta.change((records) => {
      for (const { topic, shard, tenantId, head, headTotals } of sources) {
        records.putJson(['head', topic, shard, tenantId], { seq: head, ...headTotals });
      }
    });
  }

  *#sourcesIn(generation: Generation): Generator<Source> {
    for (const source of this.#log.allSources()) {
      if (source.spans[0]?.generation === generation) yield source;
    }
  }
}
