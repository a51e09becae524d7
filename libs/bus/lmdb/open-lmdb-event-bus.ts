import type { Topic } from '@tocsin/contracts/topic.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { GroupName } from '../event-bus.ts';
import { FatalLatch } from './fatal-latch.ts';
import { FrameStore } from './frame-store.ts';
import { LMDB_BUS_LIMITS, type LmdbBusLimits } from './limits.ts';
import { LmdbEventBus, type LmdbEventBusOptions } from './lmdb-event-bus.ts';
import { parseJson } from './meta-store.ts';
import { metaSetAside, openMeta } from './repair-meta.ts';
import type { Totals } from './source.ts';

/** Opens the embedded bus: frames in generations, everything else in one more LMDB file. */
export async function openLmdbEventBus(options: LmdbEventBusOptions): Promise<LmdbEventBus> {
  const limits: LmdbBusLimits = { ...LMDB_BUS_LIMITS, ...options };
  const { folder, world } = options;
  await world.disk.makeFolder(folder);
  const latch = new FatalLatch(options.onFatal);
  const onRepair = options.onRepair ?? (() => undefined);
  const frames = await FrameStore.open({ ...limits, folder: `${folder}/frames`, world, onRepair });
  const meta = await openMeta({ world, folder, latch }, onRepair);
  for (const { key, value } of meta.list(['head'])) {
    const [, topic, shard, tenantId] = key as [string, Topic, number, TenantId];
    const { seq, ...totals } = parseJson<Totals & { seq: number }>(value);
    frames.restoreHead(frames.source(topic, shard, tenantId), seq, totals);
  }
  // A number that a group has passed must not be given again, also when damage took the frame that had it.
  for (const { key, value } of meta.list(['cursor'])) {
    const [, topic, , shard, tenantId] = key as [string, Topic, GroupName, number, TenantId];
    const { offset, ...totals } = parseJson<Totals & { offset: number }>(value);
    frames.restoreHead(frames.source(topic, shard, tenantId), offset, totals);
  }
  const damaged = [...(await frames.filesSetAside()), ...(await metaSetAside(world, folder))];
  return new LmdbEventBus(options, limits, frames, meta, latch, damaged);
}
