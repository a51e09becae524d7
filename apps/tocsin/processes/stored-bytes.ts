import { join } from 'node:path';
import { sleep } from '@tocsin/kernel/clock.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';

/** How often the archive is measured, at most. A tenant may go past its quota by what it sends in this time. */
export const MEASURE_MS = 30_000;
/** A large archive is looked at less often: the pause is at least so many times as long as the look took. */
const PAUSE_PER_LOOK = 50;

/** How much each tenant keeps, for the quota `stored_bytes`. */
export interface StoredBytes {
  /** Bytes as of the last look; undefined before the first, and for a tenant without any. */
  of(tenantId: string): number | undefined;
  stop(): Promise<void>;
}

/**
 * Measures what the raw lines of each tenant take in the archive, compressed, by the sizes of their files. Columns of
 * events are not counted: they lie in files that tenants share.
 *
 * @param folder of the object store: `{folder}/{tenant}/raw/...`
 * @param sizeOf the size of a file, 0 when it is gone
 */
export async function measureStoredBytes(
  world: World,
  metrics: Metrics,
  folder: string,
  sizeOf: (path: string) => Promise<number>,
  report: (error: unknown) => void,
): Promise<StoredBytes> {
  const gauge = metrics.gauge({
    name: 'tocsin_stored_bytes',
    help: 'Bytes of raw lines in the archive, by tenant, as the quota stored_bytes counts them',
    labels: ['tenant'],
  });
  let known: ReadonlyMap<string, number> = new Map();
  const stopping = new AbortController();
  let pauseMs = MEASURE_MS;
  const look = async (): Promise<void> => {
    const began = world.clock.monotonic();
    const sizes = await measure(world, folder, sizeOf);
    for (const tenant of known.keys()) if (!sizes.has(tenant)) gauge.set({ tenant }, 0);
    for (const [tenant, bytes] of sizes) gauge.set({ tenant }, bytes);
    known = sizes;
    pauseMs = Math.max(MEASURE_MS, PAUSE_PER_LOOK * (world.clock.monotonic() - began));
  };
  await look().catch(report);
  const running = (async () => {
    for (;;) {
      await sleep(world.clock, pauseMs, stopping.signal);
      if (stopping.signal.aborted) return;
      await look().catch(report);
    }
  })();
  return {
    of: (tenantId) => known.get(tenantId),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function measure(
  { disk }: World,
  folder: string,
  sizeOf: (path: string) => Promise<number>,
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  const bytesIn = async (path: string): Promise<number> => {
    let bytes = 0;
    for (const entry of await disk.listEntries(path)) {
      const inner = join(path, entry.name);
      bytes += entry.folder ? await bytesIn(inner) : await sizeOf(inner);
    }
    return bytes;
  };
  for (const { name, folder: isFolder } of await disk.listEntries(folder)) {
    if (isFolder) sizes.set(name, await bytesIn(join(folder, name)));
  }
  return sizes;
}
