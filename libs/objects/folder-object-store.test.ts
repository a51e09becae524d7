import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { type Disk, systemDisk } from '@tocsin/kernel/disk.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { describe, expect, it } from 'vitest';
import { describeObjectStore, OBJECT_STORE_CASES } from './conformance.ts';
import { FolderObjectStore } from './folder-object-store.ts';
import type { ObjectStore } from './object-store.ts';

const world = systemWorld();
const acme = systemContext(parseTenantId('acme-corp'), 'test');
const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'tocsin-objects-'));
const open = async (): Promise<ObjectStore> => FolderObjectStore.open(await freshFolder(), world);

describeObjectStore({ name: 'FolderObjectStore', open });

describe('the suite of ObjectStore', () => {
  const broken = (store: ObjectStore): ObjectStore => ({
    capabilities: store.capabilities,
    put: (_tenant, key, bytes) => store.put(acme, key, bytes),
    find: (_tenant, key) => store.find(acme, key),
    findRange: (_tenant, key, offset) => store.findRange(acme, key, offset, 1),
    list: (_tenant, prefix, limit) => store.list(acme, prefix, limit),
    remove: () => Promise.resolve(),
    close: () => store.close(),
  });
  const red = ['never shows one tenant', 'reads a range', 'lists keys below', 'removes an object'];

  for (const { name, run } of OBJECT_STORE_CASES.filter((each) =>
    red.some((start) => each.name.startsWith(start)),
  )) {
    it(`fails on a broken adapter: ${name}`, async () => {
      await expect(run(broken(await open()))).rejects.toThrow();
    });
  }
});

/** A disk whose k-th changing call fails. */
function failingDisk(k: number): Disk & { calls: number } {
  const disk = { ...systemDisk, calls: 0 };
  for (const name of ['makeFolder', 'writeNew', 'rename', 'syncFolder'] as const) {
    const call = systemDisk[name] as (...args: unknown[]) => Promise<void>;
    disk[name] = (...args: unknown[]): Promise<void> => {
      disk.calls += 1;
      if (disk.calls === k)
        return Promise.reject(Object.assign(new Error('I/O error'), { code: 'EIO' }));
      return call.apply(systemDisk, args);
    };
  }
  return disk;
}

describe('FolderObjectStore under disk failures', () => {
  it('never shows a blob that was not put whole, whichever call fails', async () => {
    const bytes = Buffer.from('whole');
    for (let k = 1; ; k += 1) {
      const folder = await freshFolder();
      const disk = failingDisk(k);
      const outcome = await FolderObjectStore.open(folder, { ...world, disk })
        .then((store) => store.put(acme, 'raw/a', bytes))
        .then(
          () => 'put' as const,
          () => 'failed' as const,
        );
      const found = await (await FolderObjectStore.open(folder, world)).find(acme, 'raw/a');
      if (outcome === 'put') {
        expect(found).toEqual(bytes);
        if (disk.calls < k) return;
      } else if (found !== undefined) {
        expect(found).toEqual(bytes);
      }
    }
  });

  it('removes what a crash left behind half written', async () => {
    const folder = await freshFolder();
    await FolderObjectStore.open(folder, world);
    await writeFile(join(folder, '.tmp', 'half'), 'ha');
    await FolderObjectStore.open(folder, world);
    expect(await readdir(join(folder, '.tmp'))).toEqual([]);
  });
});
