import * as fs from 'node:fs/promises';
import { resolve } from 'node:path';

/** One name in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly folder: boolean;
}

/**
 * The file system calls that adapters written by us use (objects, checkpoints, keys).
 * One seam, so that a test can fail the k-th call. Paths are absolute.
 * A failed `sync` is never repeated: what it covered counts as lost (design 4.1).
 */
export interface Disk {
  /** Creates a folder and its parents, durably; fine when it exists. */
  makeFolder(path: string): Promise<void>;
  /** Writes a whole new file (fails with EEXIST when there) and makes its bytes durable. */
  writeNew(path: string, bytes: Uint8Array): Promise<void>;
  /** Replaces `to` by `from` in one step and makes both folder entries durable. */
  rename(from: string, to: string): Promise<void>;
  read(path: string): Promise<Buffer>;
  /** Reads `length` bytes at `offset`; fewer at the end of the file. */
  readRange(path: string, offset: number, length: number): Promise<Buffer>;
  /** Names in a folder, sorted; empty when the folder is absent. */
  list(path: string): Promise<string[]>;
  /** Names in a folder with their kind, sorted; empty when the folder is absent. */
  listEntries(path: string): Promise<FolderEntry[]>;
  /** Removes a file; fine when absent. */
  remove(path: string): Promise<void>;
  /** Makes the entries of a folder (creation, rename, removal) durable. */
  syncFolder(path: string): Promise<void>;
}

/** Says whether an error is the file system's "no such file". */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/**
 * Writes a file in one step: a crash leaves the former one or the new one, whole. Durable when it resolves. Not for two
 * writers of one path at once: `<path>.new` is theirs in turn.
 */
export async function replaceFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.new`;
  await disk.remove(draft);
  await disk.writeNew(draft, bytes);
  await disk.rename(draft, path);
}

/** The disk of the machine. */
export const systemDisk: Disk = {
  async makeFolder(folder) {
    const path = resolve(folder);
    const first = await fs.mkdir(path, { recursive: true });
    if (first === undefined) return;
    // From the folder that got the first new entry down to the one that got the last.
    for (let made = path; made.length >= first.length; made = parentOf(made)) {
      await this.syncFolder(parentOf(made));
    }
  },
  async writeNew(path, bytes) {
    const file = await fs.open(path, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  async rename(from, to) {
    await fs.rename(from, to);
    await this.syncFolder(parentOf(to));
    if (parentOf(from) !== parentOf(to)) await this.syncFolder(parentOf(from));
  },
  read: (path) => fs.readFile(path),
  async readRange(path, offset, length) {
    const file = await fs.open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  },
  async list(path) {
    return (await this.listEntries(path)).map((entry) => entry.name);
  },
  async listEntries(path) {
    try {
      const entries = await fs.readdir(path, { withFileTypes: true });
      return entries
        .map((entry) => ({ name: entry.name, folder: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
  },
  async remove(path) {
    await fs.rm(path, { force: true });
  },
  async syncFolder(path) {
    const folder = await fs.open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
