import type { TenantContext } from '@tocsin/auth/tenant-context.ts';
import { type Disk, isAbsent } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { uuidV7 } from '@tocsin/kernel/uuid.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { checkObjectKey } from './object-key.ts';
import type { ObjectStore, ObjectStoreCapabilities } from './object-store.ts';

const TEMPORARY = '.tmp';

/**
 * Objects as files below one folder: `<folder>/<tenant>/<key>`. A blob is written under a temporary name, synced and
 * renamed, so a reader never sees half of one, and a crash leaves at most a temporary file, which open removes.
 */
export class FolderObjectStore implements ObjectStore {
  readonly capabilities: ObjectStoreCapabilities = { durable: 'power' };
  readonly #folder: string;
  readonly #world: World;
  readonly #disk: Disk;
  /** Folders known to exist durably. */
  readonly #made = new Set<string>();

  private constructor(folder: string, world: World) {
    this.#folder = folder;
    this.#world = world;
    this.#disk = world.disk;
  }

  static async open(folder: string, world: World): Promise<FolderObjectStore> {
    const store = new FolderObjectStore(folder, world);
    const temporary = `${folder}/${TEMPORARY}`;
    await store.#disk.makeFolder(temporary);
    await store.#disk.syncFolder(folder);
    for (const name of await store.#disk.list(temporary))
      await store.#disk.remove(`${temporary}/${name}`);
    return store;
  }

  async put(tenant: TenantContext, key: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(tenant, key);
    const there = await this.#find(() => this.#disk.read(path));
    if (there !== undefined) {
      if (there.equals(bytes)) return;
      throw new Problem('conflict', { detail: `the object ${key} exists with other content` });
    }
    await this.#makeParents(path);
    const temporary = `${this.#folder}/${TEMPORARY}/${uuidV7(this.#world.clock, this.#world.random)}`;
    try {
      await this.#disk.writeNew(temporary, bytes);
    } catch (error) {
      throw fullDisk(error)
        ? new Problem('storage_full', { cause: error, retryAfterSeconds: 30 })
        : error;
    }
    await this.#disk.rename(temporary, path);
  }

  find(tenant: TenantContext, key: string): Promise<Buffer | undefined> {
    const path = this.#path(tenant, key);
    return this.#find(() => this.#disk.read(path));
  }

  findRange(
    tenant: TenantContext,
    key: string,
    offset: number,
    length: number,
  ): Promise<Buffer | undefined> {
    const path = this.#path(tenant, key);
    return this.#find(() => this.#disk.readRange(path, offset, length));
  }

  async list(
    tenant: TenantContext,
    prefix: string,
    limit: number,
    after = '',
  ): Promise<readonly string[]> {
    const found: string[] = [];
    await this.#walk(`${this.#folder}/${tenant.tenantId}`, '', prefix, found);
    return found
      .sort()
      .filter((key) => key > after)
      .slice(0, limit);
  }

  async remove(tenant: TenantContext, key: string): Promise<void> {
    await this.#disk.remove(this.#path(tenant, key));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #path(tenant: TenantContext, key: string): string {
    checkObjectKey(key);
    return `${this.#folder}/${tenant.tenantId}/${key}`;
  }

  async #find(read: () => Promise<Buffer>): Promise<Buffer | undefined> {
    try {
      return await read();
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** Creates the folders above a file, each made durable in its parent before anything is put below it. */
  async #makeParents(path: string): Promise<void> {
    const parts = path
      .slice(this.#folder.length + 1)
      .split('/')
      .slice(0, -1);
    let parent = this.#folder;
    for (const part of parts) {
      const folder = `${parent}/${part}`;
      if (!this.#made.has(folder)) {
        await this.#disk.makeFolder(folder);
        await this.#disk.syncFolder(parent);
        this.#made.add(folder);
      }
      parent = folder;
    }
  }

  /** Collects keys below a folder, skipping what cannot start with the prefix. */
  async #walk(folder: string, key: string, prefix: string, found: string[]): Promise<void> {
    for (const entry of await this.#disk.listEntries(folder)) {
      const path = key === '' ? entry.name : `${key}/${entry.name}`;
      if (!path.startsWith(prefix) && !prefix.startsWith(`${path}/`)) continue;
      if (entry.folder) await this.#walk(`${folder}/${entry.name}`, path, prefix, found);
      else found.push(path);
    }
  }
}

function fullDisk(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}
