import type { TenantId } from '@tocsin/kernel/tenant-id.ts';

/** Shards of every log topic. Fixed for the life of a home: shards are part of stored keys. */
export const SHARD_COUNT = 64;

/**
 * The shard of a frame: FNV-1a (32 bit, then folded) over tenant id and key slot, modulo {@link SHARD_COUNT}.
 * The same on every adapter and for ever, so that order per key slot holds.
 */
export function shardOf(tenantId: TenantId, keySlot: number): number {
  let hash = 0x811c9dc5;
  const text = `${tenantId}/${keySlot}`;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % SHARD_COUNT;
}
