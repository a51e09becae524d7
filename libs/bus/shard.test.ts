import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { describe, expect, it } from 'vitest';
import { SHARD_COUNT, shardOf } from './shard.ts';

describe('shardOf', () => {
  it.each([
    ['acme-corp', 0, 10],
    ['acme-corp', 1, 61],
    ['globex', 0, 14],
  ])('puts %s slot %i on shard %i, for ever', (tenant, slot, shard) => {
    expect(shardOf(parseTenantId(tenant), slot)).toBe(shard);
  });

  it('spreads tenants over all shards evenly', () => {
    const counts = Array.from({ length: SHARD_COUNT }, () => 0);
    for (let index = 0; index < 64_000; index += 1) {
      const shard = shardOf(parseTenantId(`tenant-${index}`), 0);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1200);
  });
});
