import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { isProblem } from '@tocsin/kernel/problem.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { describe, expect, it } from 'vitest';
import { READERS_MAX, ReaderPool } from './reader-pool.ts';

const LONG_MS = 3_600_000;

/** Would take days. */
async function readForDays(connection: DuckDBConnection): Promise<void> {
  await connection.run('select count(*) from range(10000000000) a, range(10000000000) b');
}

async function codeOf(read: Promise<unknown>): Promise<string> {
  try {
    await read;
    return 'read';
  } catch (error) {
    if (isProblem(error)) return error.code;
    throw error;
  }
}

async function openPool(): Promise<{ pool: ReaderPool; instance: DuckDBInstance }> {
  const instance = await DuckDBInstance.create(':memory:');
  return { instance, pool: new ReaderPool(instance, systemWorld().clock) };
}

describe('ReaderPool', () => {
  it('ends who reads, who waits and who comes later when it is closed, and only then is closed', async () => {
    const { pool, instance } = await openPool();
    let reading = 0;
    const all = Promise.withResolvers<void>();
    const read = () =>
      pool.read(LONG_MS, async (connection) => {
        reading += 1;
        if (reading === READERS_MAX) all.resolve();
        try {
          await readForDays(connection);
        } finally {
          reading -= 1;
        }
      });
    const reads = Array.from({ length: READERS_MAX + 1 }, () => codeOf(read()));
    await all.promise;
    await pool.close();
    expect(reading).toBe(0);
    instance.closeSync();
    expect(await Promise.all(reads)).toEqual(reads.map(() => 'unavailable'));
    expect(await codeOf(read())).toBe('unavailable');
  });

  it('gives no connection that was opened while it closed', async () => {
    const { pool, instance } = await openPool();
    const read = codeOf(pool.read(LONG_MS, () => Promise.resolve()));
    await pool.close();
    expect(await read).toBe('unavailable');
    instance.closeSync();
  });

  it('interrupts what is past its deadline, and lends the connection again', async () => {
    const { pool, instance } = await openPool();
    const late = Array.from({ length: READERS_MAX }, () => codeOf(pool.read(1, readForDays)));
    expect(await Promise.all(late)).toEqual(late.map(() => 'deadline_exceeded'));
    const sum = await pool.read(LONG_MS, (connection) => connection.runAndReadAll('select 1 + 1'));
    expect(sum.getRows()).toEqual([[2]]);
    await pool.close();
    instance.closeSync();
  });
});
