import { isAbsent } from '@tocsin/kernel/disk.ts';
import type { World } from '@tocsin/kernel/world.ts';
import type { FatalLatch } from './fatal-latch.ts';
import { type MetaKey, MetaStore } from './meta-store.ts';
import { entriesSaid, findFault } from './pages/find-fault.ts';
import { type ScannedRecord, scanLeaves } from './pages/scan-leaves.ts';
import { readKey } from './record-key.ts';
import { ASIDE, type FileRepair, UNFINISHED } from './repair-file.ts';
import { unseal } from './sealed-record.ts';

const NAME = 'meta.lmdb';

/** Where the file of cursors is. */
interface MetaPlace {
  readonly world: World;
  /** Of the bus. */
  readonly folder: string;
  readonly latch: FatalLatch;
}

/**
 * Opens the file of cursors without what of it is not what was written; the file is kept as it was found. A group
 * reads again what the bus still has of a source whose cursor went, an item whose state went is given again, and a dead
 * letter is gone.
 */
export async function openMeta(
  place: MetaPlace,
  onRepair: (repair: FileRepair) => void,
): Promise<MetaStore> {
  const { folder, latch, world } = place;
  const path = `${folder}/${NAME}`;
  const bytes = await world.disk.read(path).catch((error: unknown) => {
    if (isAbsent(error)) return Buffer.alloc(0);
    throw error;
  });
  // Before LMDB maps it, as damage that LMDB follows ends the process without a word.
  const fault = findFault(bytes);
  if (fault !== undefined) {
    const records = salvageRecords(scanLeaves(bytes));
    const said = entriesSaid(bytes);
    const lost = said && Math.max(0, said - records.length);
    onRepair(await writeAnew(place, { path, bytes, fault, records, lost }));
  }
  const meta = new MetaStore(path, latch);
  await world.disk.syncFolder(folder);
  const damaged = [...meta.all()].filter(({ value }) => value === undefined);
  if (damaged.length === 0) return meta;
  const records = [...meta.all()].flatMap(({ key, value }) => (value ? [{ key, value }] : []));
  const names = damaged.map(({ key }) => key.join('/')).join(', ');
  const found = { fault: `records are not what was written: ${names}`, lost: damaged.length };
  await meta.close();
  onRepair(await writeAnew(place, { path, bytes, records, ...found }));
  return new MetaStore(path, latch);
}

/** The file of cursors as it was found damaged, when nobody has taken it away. */
export async function metaSetAside({ disk }: World, folder: string): Promise<readonly string[]> {
  return disk.list(`${folder}/${ASIDE}`);
}

interface MetaRecord {
  readonly key: MetaKey;
  readonly value: Buffer;
}

/** What was found in a damaged file. */
interface Found extends Pick<FileRepair, 'path' | 'fault' | 'lost'> {
  readonly bytes: Buffer;
  readonly records: readonly MetaRecord[];
}

async function writeAnew(
  { folder, latch, world: { disk } }: MetaPlace,
  { path, fault, lost, bytes, records }: Found,
): Promise<FileRepair> {
  const removeUnfinished = async (): Promise<void> => {
    for (const end of ['', '-lock']) await disk.remove(`${path}${UNFINISHED}${end}`);
  };
  await removeUnfinished();
  const fresh = new MetaStore(path + UNFINISHED, latch);
  await fresh.change((changed) => {
    for (const { key, value } of records) changed.put(key, value);
  });
  await fresh.close();
  const aside = await keepAside(disk, folder, bytes);
  // In one step: a crash before it leaves the damaged file in its place, which is looked through again.
  await disk.rename(path + UNFINISHED, path);
  await removeUnfinished();
  await disk.syncFolder(folder);
  return { path, fault, aside, whole: records.length, broken: 0, lost };
}

async function keepAside(disk: World['disk'], folder: string, bytes: Buffer): Promise<string> {
  const aside = `${folder}/${ASIDE}`;
  await disk.makeFolder(aside);
  await disk.remove(`${aside}/${NAME}`);
  await disk.writeNew(`${aside}/${NAME}`, bytes);
  await disk.syncFolder(aside);
  return `${aside}/${NAME}`;
}

/**
 * The newest version that any page has of each record that is what was written. One that was removed lately may be
 * among them.
 */
function salvageRecords(scanned: Iterable<ScannedRecord>): readonly MetaRecord[] {
  const found = new Map<string, MetaRecord & { readonly transaction: number }>();
  for (const { key: keyBytes, value: sealed, transaction } of scanned) {
    const key = readKey(keyBytes) as MetaKey | undefined;
    const value = key && sealed && unseal(key, sealed);
    if (key === undefined || value === undefined) continue;
    const name = JSON.stringify(key);
    if ((found.get(name)?.transaction ?? -1) < transaction)
      found.set(name, { key, value, transaction });
  }
  return [...found.values()];
}
