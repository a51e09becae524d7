import { type Disk, isAbsent } from '@tocsin/kernel/disk.ts';
import { Problem } from '@tocsin/kernel/problem.ts';

/** Where damaged day files are put: below the folder of the store, for people to look at. */
const ASIDE = 'damaged';
/** Ends the name of a note beside a day file that could not be written to: the next start sets the file aside. */
const CONDEMNED = '.damaged';

/** What DuckDB says of bytes that are not what it wrote. A full disk, a lock or a lack of memory is none of it. */
const DAMAGE =
  /checksum|corrupt|not a valid duckdb|could not read enough bytes|serialization error|deserializ|internal error|invalidated|reached the end of the file|failure while replaying wal/i;
/** What it says of a block that it reads while it runs: narrow, since a day is given up for it. */
const BAD_BLOCK = /corrupt database file: computed checksum/i;
const ELSE = /no space|lock on file|permission|out of memory|too many open|conflicting lock/i;

/** What it says when it reads the log of changes beside a file: the file itself is whole then, as far as it goes. */
const IN_LOG = /replaying wal/i;

/** A day file whose bytes were changed or cut off, or its log of changes. */
export class DamagedDay extends Error {
  readonly path: string;
  /** True when it is the log of changes: without it the file is as it was when the log was last empty. */
  readonly inLog: boolean;

  constructor(path: string, cause: unknown) {
    super(`the day file ${path} is damaged`, { cause });
    this.path = path;
    this.inLog = IN_LOG.test(String(cause));
  }
}

/** Says whether DuckDB read a block of a file that is not what was written. */
export function isDamage(cause: unknown): boolean {
  return BAD_BLOCK.test(String(cause));
}

/** What a reader is told whose answer needs bytes that are damaged: which file, and what to do. */
export function damagedProblem(name: string, cause: unknown): Problem {
  const day = /\d{4}-\d{2}-\d{2}/.exec(name)?.[0] ?? '';
  return new Problem('stored_data_damaged', {
    detail: `${name} is damaged where this search reads: leave events received on ${day} out of its time range, or have that file brought back from a backup`,
    cause,
  });
}

/** The fault of reading a day file at a start: damage is told apart, anything else keeps the store from opening. */
export function dayFault(path: string, cause: unknown): Error {
  const said = String(cause);
  if (DAMAGE.test(said) && !ELSE.test(said)) return new DamagedDay(path, cause);
  return new Error(
    `the day file ${path} cannot be read: bring it back from a backup, or move it away to go on without that day`,
    { cause },
  );
}

/**
 * Moves a damaged day file out of the way, with its log of changes, so that the other days go on. Of a file whose log is
 * damaged only that goes.
 */
export async function setAside(
  disk: Disk,
  folder: string,
  { path, inLog }: { readonly path: string; readonly inLog: boolean },
): Promise<void> {
  const aside = `${folder}/${ASIDE}`;
  await disk.makeFolder(aside);
  const taken = new Set(await disk.list(aside));
  const name = path.slice(folder.length + 1);
  let free = name;
  for (let copy = 2; taken.has(free) || taken.has(`${free}.wal`); copy += 1)
    free = `${name}.${copy}`;
  const hasLog = (await disk.list(folder)).includes(`${name}.wal`);
  if (hasLog) await disk.rename(`${path}.wal`, `${aside}/${free}.wal`);
  if (!(hasLog && inLog)) await disk.rename(path, `${aside}/${free}`);
}

/** Notes durably that a day file is to be set aside by the next start: it cannot be written to. */
export async function condemn(disk: Disk, path: string): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf('/'));
  if ((await disk.list(folder)).includes(path.slice(folder.length + 1) + CONDEMNED)) return;
  await disk.writeNew(path + CONDEMNED, new Uint8Array());
  await disk.syncFolder(folder);
}

/** Sets aside what was condemned before this start; tells whether there was anything. */
export async function setCondemnedAside(disk: Disk, folder: string): Promise<boolean> {
  const notes = (await disk.list(folder)).filter((name) => name.endsWith(CONDEMNED));
  for (const note of notes) {
    const path = `${folder}/${note.slice(0, -CONDEMNED.length)}`;
    await setAside(disk, folder, { path, inLog: false }).catch((error: unknown) => {
      // A crash came between the move and the removal of the note.
      if (!isAbsent(error)) throw error;
    });
    await disk.remove(`${folder}/${note}`);
    // Before there is a new file of that day, which a note that came back would condemn.
    await disk.syncFolder(folder);
  }
  return notes.length > 0;
}

/** Names of the day files, and logs of changes, that were set aside and that nobody has taken away. */
export async function daysSetAside(disk: Disk, folder: string): Promise<readonly string[]> {
  const names = await disk.list(`${folder}/${ASIDE}`);
  // A log is named when it is alone, without its file.
  return names.filter((name) => !name.endsWith('.wal') || !names.includes(name.slice(0, -4)));
}
