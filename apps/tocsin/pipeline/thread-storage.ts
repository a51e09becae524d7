import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { ObjectStore } from '@tocsin/objects/object-store.ts';
import type { Removed, StorageAges } from '@tocsin/retention-service/tenant-storage.ts';
import type { DuckDbEventStore } from '@tocsin/search/duckdb/duckdb-event-store.ts';
import type { MemoryWindowStore } from '@tocsin/windows/memory-window-store.ts';
import type { Pipeline } from './pipeline.ts';

/** Objects listed at once. */
const LIST_MAX = 1_000;

/** After every time there is. */
const FOR_EVER = 8_640_000_000_000_000;

/** What the pipeline's thread has of tenants. */
interface ThreadStores {
  readonly store: DuckDbEventStore;
  readonly objects: ObjectStore;
  readonly windows: MemoryWindowStore;
  /** A function: the pipeline is made after its calls are. */
  readonly pipeline: () => Pipeline;
}

/** Removes what is older from the event store and the archive. Frames wait on the bus meanwhile. */
export function expireInThread(
  { store, objects, pipeline }: ThreadStores,
  tenant: TenantContext,
  { eventsBefore, archiveBefore }: StorageAges,
): Promise<Removed> {
  return pipeline().still(async () => {
    const events = await store.expire(tenant, {
      collection: 'events',
      receivedBefore: eventsBefore,
    });
    const firstDay = new Date(archiveBefore).toISOString().slice(0, 10);
    const segments = await removeObjects(
      objects,
      tenant,
      (key) => (/^raw\/(\d{4}-\d\d-\d\d)\//.exec(key)?.[1] ?? firstDay) < firstDay,
    );
    return { events, segments };
  });
}

/** Removes everything: windows and their checkpoints, events, raw lines. */
export function eraseInThread(
  { store, objects, windows, pipeline }: ThreadStores,
  tenant: TenantContext,
): Promise<Removed> {
  return pipeline().still(async () => {
    const groups = windows.forget(tenant);
    // Two checkpoints are kept, so the second one unlinks the last that knew the tenant.
    await windows.checkpoint();
    await windows.checkpoint();
    const events = await store.expire(tenant, { collection: 'events', receivedBefore: FOR_EVER });
    const segments = await removeObjects(objects, tenant, () => true);
    return { windows: groups, events, segments };
  });
}

async function removeObjects(
  objects: ObjectStore,
  tenant: TenantContext,
  goes: (key: string) => boolean,
): Promise<number> {
  let removed = 0;
  let after = '';
  for (;;) {
    const keys = await objects.list(tenant, '', LIST_MAX, after);
    const last = keys.at(-1);
    if (last === undefined) return removed;
    after = last;
    for (const key of keys.filter(goes)) {
      await objects.remove(tenant, key);
      removed += 1;
    }
  }
}
