import type { Disk } from '@tocsin/kernel/disk.ts';

/** Where damaged day files are put: below the folder of the store, for people to look at. */
const ASIDE = 'damaged';

/** What DuckDB says of bytes that are not what it wrote. A full disk, a lock or a lack of memory is none of it. */
const DAMAGE =
  /checksum|corrupt|not a valid duckdb|could not read enough bytes|serialization error|deserializ|internal error|invalidated|reached the end of the file|failure while replaying wal/i;
const ELSE = /no space|lock on file|permission|out of memory|too many open|conflicting lock/i;

/** A day file whose bytes were changed or cut off. */
export class DamagedDay extends Error {
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`the day file ${path} is damaged`, { cause });
    this.path = path;
  }
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

/** Moves a damaged day file out of the way, with its log of changes, so that the other days go on. */
export async function setAside(disk: Disk, folder: string, path: string): Promise<void> {
  const aside = `${folder}/${ASIDE}`;
  await disk.makeFolder(aside);
  const taken = new Set(await disk.list(aside));
  const name = path.slice(folder.length + 1);
  let free = name;
  for (let copy = 2; taken.has(free); copy += 1) free = `${name}.${copy}`;
  const names = await disk.list(folder);
  if (names.includes(`${name}.wal`)) await disk.rename(`${path}.wal`, `${aside}/${free}.wal`);
  await disk.rename(path, `${aside}/${free}`);
}

/** Names of the day files that were set aside and that nobody has taken away. */
export async function daysSetAside(disk: Disk, folder: string): Promise<readonly string[]> {
  return (await disk.list(`${folder}/${ASIDE}`)).filter((name) => !name.endsWith('.wal'));
}
