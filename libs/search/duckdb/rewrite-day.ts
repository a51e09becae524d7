import type { DuckDBConnection } from '@duckdb/node-api';
import type { Disk } from '@tocsin/kernel/disk.ts';
import { DayFile, rows } from './day-file.ts';
import type { EventFiles } from './event-files.ts';

/** What goes: the events and frame records of a tenant received before a time. */
export interface Expired {
  readonly tenantId: string;
  readonly receivedBefore: number;
}

/** What it takes to exchange day files. No roll may run meanwhile. */
export interface FilesPlace {
  readonly files: EventFiles;
  readonly connection: DuckDBConnection;
  readonly folder: string;
  readonly disk: Disk;
}

/** Ends the name of a file that is being written anew. What a crash leaves of one is removed at open. */
export const UNFINISHED = '.new';

/**
 * Writes a day file anew without what expired, and puts it in the place of the old one: rows that are only deleted
 * stay readable in the blocks of their file. The old file is whole until the new one is durable; readers wait for the
 * exchange, which takes milliseconds, and not for the writing.
 */
export async function rewriteDay(place: FilesPlace, file: DayFile, gone: Expired): Promise<void> {
  const { connection, disk, files } = place;
  const path = file.path + UNFINISHED;
  await removeFile(disk, path);
  // All of the old file is in the file itself then, and nothing in its log, which must not meet the new one.
  await connection.run(`force checkpoint ${file.name}`);
  await writeRest(connection, file, path, gone);
  await files.gate.exchange(async () => {
    await connection.run(`detach ${file.name}`);
    try {
      await disk.remove(`${file.path}.wal`);
      await disk.rename(path, file.path);
    } finally {
      const fresh = await DayFile.attach(connection, file.day, file.path);
      files.addDay(fresh, (await fresh.load(connection)).roll);
    }
  });
}

/** Removes a day file of which nothing is left. Offsets that it alone remembers go to another file first. */
export async function removeDay(place: FilesPlace, file: DayFile, heir: DayFile): Promise<void> {
  const { connection, disk, files, folder } = place;
  await connection.run(
    `insert into ${heir.name}.applied select * from ${file.name}.applied
     on conflict do update set "offset" = greatest("offset", excluded."offset")`,
  );
  await files.gate.exchange(async () => {
    files.removeDay(file);
    await connection.run(`detach ${file.name}`);
    await removeFile(disk, file.path);
    await disk.syncFolder(folder);
  });
}

/** Removes a DuckDB file and its log; fine when absent. */
export async function removeFile(disk: Disk, path: string): Promise<void> {
  await disk.remove(path);
  await disk.remove(`${path}.wal`);
}

async function writeRest(
  connection: DuckDBConnection,
  file: DayFile,
  path: string,
  gone: Expired,
): Promise<void> {
  const fresh = await DayFile.attach(connection, file.day, path, `${file.name}_new`);
  try {
    await copyRest(connection, file, fresh, gone);
    // Durable in the file itself: its log has another name than the one it will be looked for by.
    await connection.run(`force checkpoint ${fresh.name}`);
  } finally {
    await connection.run(`detach ${fresh.name}`);
  }
}

async function copyRest(
  connection: DuckDBConnection,
  file: DayFile,
  fresh: DayFile,
  { tenantId, receivedBefore }: Expired,
): Promise<void> {
  const copies = [
    `insert into ${fresh.name}.events select * from ${file.name}.events where not (tenant_id = $1 and ingested_at < $2)`,
    `insert into ${fresh.name}.frames select * from ${file.name}.frames where not (tenant_id = $1 and received_at < $2)`,
  ];
  await connection.run('begin');
  try {
    for (const sql of copies) await connection.run(sql, [tenantId, BigInt(receivedBefore)]);
    await connection.run(`insert into ${fresh.name}.applied select * from ${file.name}.applied`);
    await connection.run(
      `insert into ${fresh.name}.spans select tenant_id, min(timestamp), max(timestamp), count(*) from ${fresh.name}.events group by tenant_id`,
    );
  } catch (error) {
    await connection.run('rollback');
    throw error;
  }
  await connection.run('commit');
}

/** How many events and frame records of a file expired, and how many events are left. */
export async function countRows(
  connection: DuckDBConnection,
  file: DayFile,
  { tenantId, receivedBefore }: Expired,
): Promise<{ expired: number; frames: number; left: number }> {
  const [count] = await rows(
    connection,
    `select count(*) as whole, count(*) filter (tenant_id = $1 and ingested_at < $2) as expired,
       (select count(*) from ${file.name}.frames where tenant_id = $1 and received_at < $2) as frames
     from ${file.name}.events`,
    [tenantId, BigInt(receivedBefore)],
  );
  const expired = Number(count?.['expired'] ?? 0);
  const frames = Number(count?.['frames'] ?? 0);
  return { expired, frames, left: Number(count?.['whole'] ?? 0) - expired };
}
