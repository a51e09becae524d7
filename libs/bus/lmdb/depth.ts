import type { Topic } from '@tocsin/contracts/topic.ts';
import type { TenantId } from '@tocsin/kernel/tenant-id.ts';
import type { GroupName, QueueDepth, TenantDepth } from '../event-bus.ts';
import type { DeadLetterStore } from './dead-letter-store.ts';
import type { FrameStore } from './frame-store.ts';
import type { Group } from './group.ts';
import type { Source } from './source.ts';

/**
 * What waits for a group, per tenant. A group that never read waits for all that is kept.
 *
 * @param doneBeyond work items of a source that are done ahead of an earlier one
 */
export function depthOf(
  log: FrameStore,
  deadLetters: DeadLetterStore,
  topic: Topic,
  name: GroupName,
  group: Group | undefined,
  doneBeyond: (source: Source) => number,
): QueueDepth {
  const tenants = new Map<TenantId, TenantDepth>();
  for (const source of log.sourcesOf(topic)) {
    const { tenantId } = source;
    const before = tenants.get(tenantId) ?? {
      tenantId,
      frames: 0,
      events: 0,
      bytes: 0,
      oldestAt: undefined,
      deadLetters: deadLetters.countOf(topic, name, tenantId),
    };
    tenants.set(tenantId, addSource(before, log, source, group, doneBeyond(source)));
  }
  return { topic, group: name, tenants: [...tenants.values()] };
}

function addSource(
  depth: TenantDepth,
  log: FrameStore,
  source: Source,
  group: Group | undefined,
  doneBeyond: number,
): TenantDepth {
  const done = Math.max(group?.offsetOf(source) ?? 0, source.oldest - 1);
  const totals = log.totalsAt(source, done);
  const frames = source.head - done - doneBeyond;
  if (frames === 0) return depth;
  const oldestAt = log.receivedAt(source, done + 1) ?? source.headTotals.newestAt;
  return {
    ...depth,
    frames: depth.frames + frames,
    events: depth.events + source.headTotals.events - totals.events - doneBeyond,
    bytes: depth.bytes + source.headTotals.bytes - totals.bytes,
    oldestAt: Math.min(depth.oldestAt ?? oldestAt, oldestAt),
  };
}
