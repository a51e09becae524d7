import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Asks the day files of a store that is closed. `sql` reads them as the table `events`, which has all columns of the
 * event table; gives rows as objects, none when there is no file.
 */
export async function queryFiles(folder: string, sql: string): Promise<Record<string, unknown>[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.duckdb')).sort();
  if (files.length === 0) return [];
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const [index, name] of files.entries())
      await connection.run(`attach '${join(folder, name)}' as f${index} (read_only)`);
    const all = files.map((_, index) => `select * from f${index}.events`).join(' union all ');
    await connection.run(`create temp view events as ${all}`);
    return (await connection.runAndReadAll(sql)).getRowObjects();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
