import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemDisk as disk, isAbsent, replaceFile } from './disk.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tocsin-disk-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('the disk', () => {
  it('writes a whole new file for its owner only, and never over another', async () => {
    const path = join(root, 'new');
    await disk.writeNew(path, Buffer.from('one'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(disk.writeNew(path, Buffer.from('two'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect((await disk.read(path)).toString()).toBe('one');
  });

  it('replaces a file in one step', async () => {
    const [from, to] = [join(root, 'from'), join(root, 'to')];
    await disk.writeNew(to, Buffer.from('old'));
    await disk.writeNew(from, Buffer.from('fresh'));
    await disk.rename(from, to);
    expect(await readFile(to, 'utf8')).toBe('fresh');
    expect(await disk.list(root)).not.toContain('from');
  });

  it('writes a file anew whatever was there, also after a write that was cut off', async () => {
    const path = join(root, 'state');
    await disk.writeNew(`${path}.new`, Buffer.from('cut o'));
    for (const text of ['first', 'second']) {
      await replaceFile(disk, path, Buffer.from(text));
      expect(await readFile(path, 'utf8')).toBe(text);
    }
    expect(await disk.list(root)).not.toContain('state.new');
  });

  it('reads a range, short at the end and empty past it', async () => {
    const path = join(root, 'range');
    await disk.writeNew(path, Buffer.from('0123456789'));
    const range = async (offset: number, length: number) =>
      (await disk.readRange(path, offset, length)).toString();
    expect(await range(2, 3)).toBe('234');
    expect(await range(8, 5)).toBe('89');
    expect(await range(10, 5)).toBe('');
  });

  it('lists names sorted, and none of a folder that is not there', async () => {
    const folder = join(root, 'a', 'b');
    await disk.makeFolder(folder);
    await disk.makeFolder(folder);
    for (const name of ['2', '1', '10']) await disk.writeNew(join(folder, name), Buffer.alloc(0));
    expect(await disk.list(folder)).toEqual(['1', '10', '2']);
    expect(await disk.list(join(root, 'absent'))).toEqual([]);
    await disk.syncFolder(folder);
  });

  it('removes a file, also one that is not there', async () => {
    const path = join(root, 'gone');
    await disk.writeNew(path, Buffer.alloc(1));
    await disk.remove(path);
    await disk.remove(path);
    const error = await disk.read(path).catch((reason: unknown) => reason);
    expect(isAbsent(error)).toBe(true);
    expect(isAbsent(new Error('other'))).toBe(false);
  });
});
