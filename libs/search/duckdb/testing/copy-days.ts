import { existsSync } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const DAY_MS = 86_400_000;
const NAME = /^events-(\d{4}-\d{2}-\d{2})\.duckdb$/;

/**
 * Makes the only full day of a closed event store into so many days, each with its own times: tens of millions of
 * events in minutes. Ids, users and texts are the same on each day; its file, blocks and dictionaries are its own.
 */
export async function copyDays(folder: string, days: number): Promise<void> {
  const [first] = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const start = Date.parse(NAME.exec(first ?? '')?.[1] ?? '');
  if (first === undefined || Number.isNaN(start)) throw new Error(`no day file in ${folder}`);
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '2GB' });
  const connection = await instance.connect();
  for (let later = 1; later < days; later += 1) {
    const day = new Date(start + later * DAY_MS).toISOString().slice(0, 10);
    const path = join(folder, `events-${day}.duckdb`);
    const source = join(folder, first);
    await copyFile(source, path);
    // What a store that was just closed has not written into its file yet.
    if (existsSync(`${source}.wal`)) await copyFile(`${source}.wal`, `${path}.wal`);
    const shift = later * DAY_MS;
    await connection.run(`attach '${path}' as day (storage_version 'latest')`);
    await connection.run(
      `update day.events set timestamp = timestamp + ${shift}, ingested_at = ingested_at + ${shift}`,
    );
    await connection.run(
      `update day.spans set first_at = first_at + ${shift}, last_at = last_at + ${shift}`,
    );
    await connection.run('checkpoint day');
    await connection.run('detach day');
    console.log(JSON.stringify({ what: 'a day more', day }));
  }
  connection.closeSync();
  instance.closeSync();
}
