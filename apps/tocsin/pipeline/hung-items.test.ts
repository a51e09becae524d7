import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemDisk } from '@tocsin/kernel/disk.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HungItems } from './hung-items.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-hung-'));
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => HungItems.open(systemDisk, join(folder, 'hung-items.json'));
const ITEM = { frameId: 'f', ordinal: 3 };

it('sets an item aside when the thread hung on it twice, also over restarts', async () => {
  await (await open()).note(ITEM);
  const again = await open();
  expect(again.setAside).toEqual([]);
  await again.note({ frameId: 'f', ordinal: 4 });
  await again.note(ITEM);
  expect((await open()).setAside).toMatchObject([ITEM]);
});

it.each([
  '',
  '{',
  '{"items": 1}',
  '[1, null, {"frameId": 2}]',
])('takes a file that says %s for none, and writes it anew', async (text) => {
  await writeFile(join(folder, 'hung-items.json'), text);
  const items = await open();
  expect(items.setAside).toEqual([]);
  await items.note(ITEM);
  await items.note(ITEM);
  expect((await open()).setAside).toMatchObject([ITEM]);
});

it('forgets the oldest past its limit', async () => {
  const more = Array.from({ length: 999 }, (_, ordinal) => ({ frameId: 'g', ordinal, hangs: 2 }));
  const full = JSON.stringify([{ ...ITEM, hangs: 2 }, ...more]);
  await writeFile(join(folder, 'hung-items.json'), full);
  await (await open()).note({ frameId: 'h', ordinal: 1 });
  const { setAside } = await open();
  expect(setAside).toHaveLength(999);
  expect(setAside).not.toContainEqual({ ...ITEM, hangs: 2 });
});
