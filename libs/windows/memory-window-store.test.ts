import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemContext, type TenantContext } from '@tocsin/auth/tenant-context.ts';
import type { WindowState } from '@tocsin/correlation/window.ts';
import { type Disk, systemDisk } from '@tocsin/kernel/disk.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld, type World } from '@tocsin/kernel/world.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { WINDOW_STORE_CHECKS, type WindowStoreHome } from './conformance.ts';
import { type MemoryWindowStore, openMemoryWindowStore } from './memory-window-store.ts';
import type { WindowAdd, WindowCompanion, WindowSource, WindowStore } from './window-store.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-windows-'));
  folders.push(folder);
  return join(folder, 'windows');
}

async function memoryHome(): Promise<WindowStoreHome> {
  const folder = await freshFolder();
  return { open: () => openMemoryWindowStore(systemWorld(), { folder }) };
}

const acme = systemContext(parseTenantId('acme-corp'), 'test');
const other = systemContext(parseTenantId('other-corp'), 'test');
const rule = { id: 'two', windowMs: 1000, threshold: 2, latenessMs: 500 };
const add = (group: string, eventId: string, at = 0): WindowAdd => ({
  rule,
  group,
  at,
  eventId,
  weight: 1,
});
const from = (offset: number): WindowSource => ({ source: 's', offset });

describe('the conformance suite on MemoryWindowStore', () => {
  for (const check of WINDOW_STORE_CHECKS) {
    it(check.name, async () => check.run(await memoryHome()));
  }
});

/** Hands all calls on; broken adapters below change one. */
class Passing implements WindowStore {
  readonly capabilities = { shared: false };
  protected readonly inner: WindowStore;
  constructor(inner: WindowStore) {
    this.inner = inner;
  }
  get lost(): boolean {
    return this.inner.lost;
  }
  add(tenant: TenantContext, adds: readonly WindowAdd[], source: WindowSource) {
    return this.inner.add(tenant, adds, source);
  }
  takes(source: WindowSource): boolean {
    return this.inner.takes(source);
  }
  keep(companion: WindowCompanion): void {
    this.inner.keep(companion);
  }
  applied(source: string): number {
    return this.inner.applied(source);
  }
  checkpoint(): Promise<void> {
    return this.inner.checkpoint();
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}

const BROKEN: readonly [string, new (inner: WindowStore) => WindowStore][] = [
  [
    'that applies every delivery of a frame',
    class extends Passing {
      #next = 1;
      override add(tenant: TenantContext, adds: readonly WindowAdd[], source: WindowSource) {
        this.#next += 1;
        return this.inner.add(tenant, adds, { ...source, offset: this.#next });
      }
    },
  ],
  [
    'that shares windows among tenants',
    class extends Passing {
      override add(_: TenantContext, adds: readonly WindowAdd[], source: WindowSource) {
        return this.inner.add(acme, adds, source);
      }
    },
  ],
  [
    'that captures its state late',
    class extends Passing {
      override async checkpoint(): Promise<void> {
        await new Promise((resolve) => setImmediate(resolve));
        await this.inner.checkpoint();
      }
    },
  ],
  [
    'that makes nothing durable',
    class extends Passing {
      override async checkpoint(): Promise<void> {
        await Promise.resolve();
      }
    },
  ],
  [
    'that mixes up groups by case',
    class extends Passing {
      override add(tenant: TenantContext, adds: readonly WindowAdd[], source: WindowSource) {
        const lower = adds.map((one) => ({ ...one, group: one.group.toLowerCase() }));
        return this.inner.add(tenant, lower, source);
      }
    },
  ],
];

describe('the conformance suite on a broken adapter', () => {
  it.each(BROKEN)('fails on one %s', async (_, Broken) => {
    const failed: string[] = [];
    for (const check of WINDOW_STORE_CHECKS) {
      const home = await memoryHome();
      const broken = { open: async () => new Broken(await home.open()) };
      await check.run(broken).catch(() => failed.push(check.name));
    }
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(WINDOW_STORE_CHECKS.length);
  });
});

describe('the limit of groups', () => {
  it('evicts the stalest group of the tenant and counts it', async () => {
    const store = await openMemoryWindowStore(systemWorld(), {
      folder: await freshFolder(),
      groupsMax: 2,
    });
    await store.add(other, [add('z', 'z1')], from(1));
    await store.add(acme, [add('a', 'a1'), add('b', 'b1'), add('a', 'a2', 1)], from(2));
    await store.add(acme, [add('c', 'c1')], from(3));
    expect(store.use()).toEqual([
      { tenantId: 'other-corp', groups: 1, evicted: 0 },
      { tenantId: 'acme-corp', groups: 2, evicted: 1 },
    ]);
    const states = await store.add(acme, [add('a', 'a3', 2), add('b', 'b2', 2)], from(4));
    expect(states.map((state) => state.episode?.count)).toEqual([3, undefined]);
  });

  it('keeps the order of staleness over a checkpoint', async () => {
    const folder = await freshFolder();
    const open = () => openMemoryWindowStore(systemWorld(), { folder, groupsMax: 2 });
    const store = await open();
    await store.add(acme, [add('a', 'a1'), add('b', 'b1'), add('a', 'a2', 1)], from(1));
    await store.checkpoint();
    const again = await open();
    await again.add(acme, [add('c', 'c1')], from(2));
    const [state] = await again.add(acme, [add('a', 'a3', 2)], from(3));
    expect(state?.episode?.count).toBe(3);
  });
});

describe('a damaged checkpoint', () => {
  async function twoCheckpoints(): Promise<string> {
    const folder = await freshFolder();
    const store = await openMemoryWindowStore(systemWorld(), { folder });
    await store.add(acme, [add('a', 'a1')], from(1));
    await store.checkpoint();
    await store.add(acme, [add('a', 'a2', 1)], from(2));
    await store.checkpoint();
    return folder;
  }
  const newest = async (folder: string) =>
    join(folder, (await readdir(folder)).sort().at(-1) ?? '');

  it('is detected at every bit, the one before it is used, and the owner is told to rewind', async () => {
    const folder = await twoCheckpoints();
    const path = await newest(folder);
    const bytes = await readFile(path);
    for (let bit = 0; bit < bytes.length * 8; bit += 13) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await writeFile(path, flipped);
      const store = await openMemoryWindowStore(systemWorld(), { folder });
      expect([store.lost, store.applied('s')]).toEqual([true, 1]);
    }
  });

  it('is detected at every length', async () => {
    const folder = await twoCheckpoints();
    const path = await newest(folder);
    const bytes = await readFile(path);
    for (let length = 0; length < bytes.length; length += 7) {
      await writeFile(path, bytes.subarray(0, length));
      const store = await openMemoryWindowStore(systemWorld(), { folder });
      expect([store.lost, store.applied('s')]).toEqual([true, 1]);
    }
  });

  it('starts empty when none is usable', async () => {
    const folder = await twoCheckpoints();
    for (const name of await readdir(folder)) await writeFile(join(folder, name), 'rubbish');
    const store = await openMemoryWindowStore(systemWorld(), { folder });
    expect([store.lost, store.applied('s')]).toEqual([true, 0]);
    await store.add(acme, [add('a', 'a1')], from(1));
    await store.checkpoint();
    expect((await openMemoryWindowStore(systemWorld(), { folder })).applied('s')).toBe(1);
  });

  it('keeps two files and removes what an interrupted write left', async () => {
    const folder = await twoCheckpoints();
    await writeFile(join(folder, 'windows-000000000009.checkpoint.writing'), 'half');
    const store = await openMemoryWindowStore(systemWorld(), { folder });
    await store.checkpoint();
    expect(await readdir(folder)).toEqual([
      'windows-000000000002.checkpoint',
      'windows-000000000003.checkpoint',
    ]);
  });
});

describe('a checkpoint while the disk fails', () => {
  /** A disk whose k-th call fails, before or after it has taken effect. */
  function failingDisk(failAt: number, code: string, after: boolean): Disk & { calls: number } {
    const disk: Disk & { calls: number } = { ...systemDisk, calls: 0 };
    const fail = () => Object.assign(new Error(`injected ${code}`), { code });
    for (const name of ['makeFolder', 'writeNew', 'rename', 'read', 'list', 'remove'] as const) {
      const real = systemDisk[name].bind(systemDisk) as (...args: unknown[]) => Promise<unknown>;
      const wrapped = async (...args: unknown[]) => {
        disk.calls += 1;
        const due = disk.calls === failAt;
        if (due && !after) throw fail();
        const result = await real(...args);
        if (due) throw fail();
        return result;
      };
      Object.assign(disk, { [name]: wrapped });
    }
    return disk;
  }

  const frames = Array.from({ length: 12 }, (_, index) => [add('a', `e${index}`, index * 10)]);

  async function replay(store: MemoryWindowStore): Promise<readonly (WindowState | undefined)[]> {
    const results: (WindowState | undefined)[] = [];
    for (const [index, frame] of frames.entries()) {
      const [state] = await store.add(acme, frame, from(index + 1));
      results.push(state);
    }
    return results;
  }

  async function runUntilFault(disk: Disk, folder: string): Promise<number> {
    const world: World = { ...systemWorld(), disk };
    let durable = 0;
    try {
      const store = await openMemoryWindowStore(world, { folder });
      for (const [index, frame] of frames.entries()) {
        await store.add(acme, frame, from(index + 1));
        if (index % 3 !== 2) continue;
        await store.checkpoint();
        durable = index + 1;
      }
    } catch (error) {
      expect(String(error)).toMatch(/injected|checkpoint/);
    }
    return durable;
  }

  it.each([
    ['EIO', false],
    ['EIO', true],
    ['ENOSPC', false],
  ])('leaves a right state whichever call fails (%s, after taking effect: %s)', async (code, after) => {
    const whole = await replay(
      await openMemoryWindowStore(systemWorld(), { folder: await freshFolder() }),
    );
    const counting = failingDisk(0, code, after);
    await runUntilFault(counting, await freshFolder());
    expect(counting.calls).toBeGreaterThan(12);
    for (let failAt = 1; failAt <= counting.calls; failAt += 1) {
      const folder = await freshFolder();
      const durable = await runUntilFault(failingDisk(failAt, code, after), folder);
      const store = await openMemoryWindowStore(systemWorld(), { folder });
      const applied = store.applied('s');
      expect(applied).toBeGreaterThanOrEqual(durable);
      expect(applied % 3).toBe(0);
      const rest = await replay(store);
      expect(rest.slice(applied)).toEqual(whole.slice(applied));
      expect(rest.slice(0, applied)).toEqual(Array(applied).fill(undefined));
    }
  });

  it('says that the disk is full, and goes on when there is room again', async () => {
    const folder = await freshFolder();
    const disk = failingDisk(4, 'ENOSPC', false);
    const store = await openMemoryWindowStore({ ...systemWorld(), disk }, { folder });
    await store.add(acme, [add('a', 'a1')], from(1));
    disk.calls = 3;
    await expect(store.checkpoint()).rejects.toMatchObject({
      code: 'storage_full',
      retryable: true,
    });
    expect(store.applied('s')).toBe(0);
    await store.checkpoint();
    expect(store.applied('s')).toBe(1);
  });

  it('makes nothing more durable after another fault: it must be opened anew', async () => {
    const folder = await freshFolder();
    const disk = failingDisk(0, 'EIO', false);
    const store = await openMemoryWindowStore({ ...systemWorld(), disk }, { folder });
    const broken: Disk = { ...systemDisk, rename: () => Promise.reject(new Error('injected')) };
    Object.assign(disk, { rename: broken.rename });
    await expect(store.checkpoint()).rejects.toMatchObject({ code: 'unavailable' });
    Object.assign(disk, { rename: systemDisk.rename });
    await expect(store.checkpoint()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    'checkpoint.before-rename',
    'checkpoint.after-rename',
  ])('passes the failpoint %s', async (label) => {
    const seen: string[] = [];
    const world: World = { ...systemWorld(), failpoint: (name) => seen.push(name) };
    const store = await openMemoryWindowStore(world, { folder: await freshFolder() });
    await store.checkpoint();
    expect(seen).toContain(label);
  });
});
