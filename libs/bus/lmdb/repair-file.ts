import type { Topic } from '@tocsin/contracts/topic.ts';
import type { World } from '@tocsin/kernel/world.ts';
import { type AppendedRecord, Generation } from './generation.ts';
import { entriesSaid, findFault, findFirstPagesFault } from './pages/find-fault.ts';
import { scanLeaves } from './pages/scan-leaves.ts';
import { type SalvagedFrame, salvageFrames } from './salvage-frames.ts';
import { Source } from './source.ts';

/** A folder beside files: damaged ones as they were found, until somebody takes them away. */
export const ASIDE = 'damaged';
/** Ends the name of a file that is being written anew. What a crash leaves of one is removed. */
export const UNFINISHED = '.new';
/** Bytes of a file that hold its first two pages, whatever their size. */
const FIRST_PAGES_BYTES = 128 * 1024;
/** Records of one transaction while a file is written anew, in bytes. */
const BATCH_BYTES = 8 * 1024 * 1024;

/** What was found wrong in a file of the bus, and what became of it. */
export interface FileRepair {
  readonly path: string;
  /** What is wrong with it. */
  readonly fault: string;
  /** Where the file is as it was found. */
  readonly aside: string;
  /**
   * Frames, or records of the file of cursors, that were found whole; and frames of which only a part was, which are
   * parked when they are read.
   */
  readonly whole: number;
  readonly broken: number;
  /** What it says it has and of which nothing was found; undefined when it does not say. */
  readonly lost: number | undefined;
}

/** A file of a log. */
export interface LogFile {
  readonly world: World;
  readonly topic: Topic;
  readonly folder: string;
  readonly name: string;
  readonly number: number;
  readonly mapBytes: number;
}

/**
 * Looks through a file before LMDB maps it, as damage that LMDB follows ends the process or hides frames. A damaged one
 * is written anew with every frame that is found in any of its pages.
 *
 * @param firstPagesOnly for a file that is too much to read: LMDB can open it then, its records are not looked at
 */
export async function repairFile(
  file: LogFile,
  firstPagesOnly: boolean,
): Promise<FileRepair | undefined> {
  const { disk } = file.world;
  const path = `${file.folder}/${file.name}`;
  if (firstPagesOnly) {
    const first = await disk.readRange(path, 0, FIRST_PAGES_BYTES);
    if (findFirstPagesFault(first) === undefined) return undefined;
  }
  const bytes = await disk.read(path);
  const fault = findFault(bytes);
  return fault === undefined ? undefined : await writeAnew(file, path, bytes, fault);
}

async function writeAnew(
  file: LogFile,
  path: string,
  bytes: Buffer,
  fault: string,
): Promise<FileRepair> {
  const { folder, name, topic, world } = file;
  const { disk } = world;
  const frames = salvageFrames(topic, scanLeaves(bytes));
  await removeUnfinished(file);
  const fresh = new Generation(path + UNFINISHED, file.number, file.mapBytes);
  for (const batch of batchesOf(topic, frames)) await fresh.append(batch, world.clock.now());
  await fresh.close();
  const aside = `${folder}/${ASIDE}`;
  await disk.makeFolder(aside);
  await disk.remove(`${aside}/${name}`);
  await disk.writeNew(`${aside}/${name}`, bytes);
  await disk.syncFolder(aside);
  // In one step: a crash before it leaves the damaged file in its place, which is looked through again.
  await disk.rename(path + UNFINISHED, path);
  await removeUnfinished(file);
  const whole = frames.filter(({ isWhole }) => isWhole).length;
  // Two records of each frame, and one that says when the file was begun.
  const said = entriesSaid(bytes);
  const lost = said && Math.max(0, (said - 1) / 2 - frames.length);
  return { path, fault, aside: `${aside}/${name}`, whole, broken: frames.length - whole, lost };
}

async function removeUnfinished({ folder, name, world }: LogFile): Promise<void> {
  for (const end of ['', '-lock']) await world.disk.remove(`${folder}/${name}${UNFINISHED}${end}`);
}

function* batchesOf(topic: Topic, frames: readonly SalvagedFrame[]): Generator<AppendedRecord[]> {
  const sources = new Map<string, Source>();
  let batch: AppendedRecord[] = [];
  let bytes = 0;
  for (const { shard, tenantId, seq, head, body } of frames) {
    const key = `${shard}/${tenantId}`;
    const source = sources.get(key) ?? new Source(topic, shard, tenantId);
    sources.set(key, source);
    batch.push({ source, seq, head, body });
    bytes += head.length + body.length;
    if (bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Names of damaged files that were set aside and that nobody has taken away. */
export async function filesSetAside({ disk }: World, folder: string): Promise<readonly string[]> {
  return disk.list(`${folder}/${ASIDE}`);
}
