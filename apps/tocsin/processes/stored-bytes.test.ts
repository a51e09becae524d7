import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MEASURE_MS, measureStoredBytes } from './stored-bytes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-stored-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function keep(tenant: string, key: string, bytes: number): Promise<void> {
  await mkdir(join(folder, tenant, key, '..'), { recursive: true });
  await writeFile(join(folder, tenant, key), Buffer.alloc(bytes));
}

describe('the bytes that tenants keep', () => {
  it('are those of all their files, as of the last look', async () => {
    const clock = new ManualClock(0);
    const metrics = new Metrics('test');
    await keep('acme-corp', 'raw/2026-01-01/a', 100);
    await keep('acme-corp', 'raw/2026-01-02/b', 23);
    await keep('other-corp', 'raw/2026-01-01/c', 7);
    const failures: unknown[] = [];
    const stored = await measureStoredBytes(
      { ...systemWorld(), clock },
      metrics,
      folder,
      async (path) => (await stat(path)).size,
      (error) => failures.push(error),
    );
    expect([stored.of('acme-corp'), stored.of('other-corp'), stored.of('new-corp')]).toEqual([
      123,
      7,
      undefined,
    ]);
    await rm(join(folder, 'other-corp'), { recursive: true });
    await keep('acme-corp', 'raw/2026-01-03/d', 1000);
    await expect
      .poll(async () => {
        await clock.advance(MEASURE_MS);
        return [stored.of('acme-corp'), stored.of('other-corp')];
      })
      .toEqual([1123, undefined]);
    expect(await metrics.text()).toContain(
      'tocsin_stored_bytes{tenant="other-corp",service="test"} 0',
    );
    expect(failures).toEqual([]);
    await stored.stop();
  });
});
