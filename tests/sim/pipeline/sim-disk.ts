import type { Disk, FolderEntry } from '@tocsin/kernel/disk.ts';
import type { Life, Machine } from './machine.ts';
import type { PipelineBreak } from './pipeline-breaks.ts';

interface SimFile {
  bytes: Buffer;
  /** Bytes that a power cut leaves. */
  synced: number;
}

/**
 * A file system as a power cut knows it: bytes and folder entries are in the cache until they are synced. Not synced
 * bytes are cut off anywhere; entries of a folder that was not synced are the old or the new ones.
 */
export class SimDisk {
  readonly #machine: Machine;
  readonly #broken: PipelineBreak | undefined;
  readonly #entries = new Map<string, SimFile>();
  #durable = new Map<string, SimFile>();

  constructor(machine: Machine, broken: PipelineBreak | undefined) {
    this.#machine = machine;
    this.#broken = broken;
  }

  /** What a process sees of it. */
  of(life: Life): Disk {
    return {
      makeFolder: () => Promise.resolve(),
      writeNew: (path, bytes) => this.#writeNew(life, path, Buffer.from(bytes)),
      rename: (from, to) => this.#rename(life, from, to),
      read: (path) => this.#call(life, 'read', () => Buffer.from(this.#find(path).bytes)),
      readRange: (path, offset, length) =>
        this.#call(life, 'read', () =>
          Buffer.from(this.#find(path).bytes.subarray(offset, offset + length)),
        ),
      list: (path) => this.#call(life, 'list', () => this.#names(path).map(({ name }) => name)),
      listEntries: (path) => this.#call(life, 'list', () => this.#names(path)),
      remove: (path) =>
        this.#call(life, 'remove', () => {
          this.#entries.delete(path);
        }),
      syncFolder: (path) => this.#call(life, 'sync folder', () => this.#syncFolder(path)),
    };
  }

  /** Files as they are now; for the checker. */
  get files(): ReadonlyMap<string, SimFile> {
    return this.#entries;
  }

  cutPower(): void {
    const folders = new Set([...this.#entries.keys(), ...this.#durable.keys()].map(folderOf));
    for (const folder of folders) if (this.#machine.chance(0.5)) this.#syncFolder(folder);
    this.#entries.clear();
    for (const [path, file] of this.#durable) {
      const lost = file.bytes.length - file.synced;
      const kept = file.synced + (lost === 0 ? 0 : this.#machine.below(lost + 1));
      const left = { bytes: file.bytes.subarray(0, kept), synced: kept };
      this.#entries.set(path, left);
    }
    this.#durable = new Map(this.#entries);
  }

  async #writeNew(life: Life, path: string, bytes: Buffer): Promise<void> {
    const file = { bytes, synced: 0 };
    await this.#call(life, 'write', () => {
      if (this.#entries.has(path)) throw fault('EEXIST', path);
      this.#entries.set(path, file);
    });
    await this.#call(life, 'sync', () => {
      file.synced = bytes.length;
    });
  }

  async #rename(life: Life, from: string, to: string): Promise<void> {
    await this.#call(life, 'rename', () => {
      const file = this.#find(from);
      this.#entries.delete(from);
      this.#entries.set(to, file);
    });
    if (this.#broken === 'folder-not-synced') return;
    await this.#call(life, 'sync folder', () => this.#syncFolder(folderOf(to)));
    if (folderOf(from) !== folderOf(to))
      await this.#call(life, 'sync folder', () => this.#syncFolder(folderOf(from)));
  }

  #call<Value>(life: Life, name: string, effect: () => Value): Promise<Value> {
    return this.#machine.call(life, name, () => {
      const { hostile, odds } = this.#machine;
      if (hostile && this.#machine.chance(odds.diskFails))
        throw fault(this.#machine.chance(0.5) ? 'EIO' : 'ENOSPC', name);
      return effect();
    });
  }

  #syncFolder(folder: string): void {
    for (const path of [...this.#durable.keys()])
      if (folderOf(path) === folder && !this.#entries.has(path)) this.#durable.delete(path);
    for (const [path, file] of this.#entries)
      if (folderOf(path) === folder) this.#durable.set(path, file);
  }

  #find(path: string): SimFile {
    const file = this.#entries.get(path);
    if (file === undefined) throw fault('ENOENT', path);
    return file;
  }

  #names(folder: string): FolderEntry[] {
    const found = new Map<string, FolderEntry>();
    for (const path of this.#entries.keys()) {
      if (!path.startsWith(`${folder}/`)) continue;
      const rest = path.slice(folder.length + 1);
      const [name = ''] = rest.split('/');
      found.set(name, { name, folder: rest.includes('/') });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function fault(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
