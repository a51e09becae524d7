import { createHash } from 'node:crypto';
import {
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readlink,
  rm,
  stat,
  truncate,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parseQuery } from '@tocsin/query/parse-query.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DamagedDay, dayFault } from './damaged-day.ts';
import {
  ACME,
  DAY_MS,
  documentsOf,
  GLOBEX,
  messagesIn,
  NOON,
  openStore,
  sourceOf,
} from './testing/sample-store.ts';

const ROWS = 2_000;
/** With noise of 700 bytes each: five blocks. */
const ROWS_LONG = 2_000;
const SEED = 20_261_123;
/** Of a DuckDB file: three headers of 4 KB, then blocks. */
const HEADERS = 3 * 4096;
const BLOCK = 262_144;

/** DuckDB keeps new rows in a log beside the file at first: moves them into the file, as it does by itself later. */
async function intoFile(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`attach '${path}' as day`);
  await connection.run('force checkpoint day');
  await connection.run('detach day');
  connection.closeSync();
  instance.closeSync();
}

/** Files below a folder that this process has open. */
async function openFilesBelow(folder: string): Promise<string[]> {
  const numbers = await readdir('/proc/self/fd');
  // A number that is gone meanwhile was the one that lists them.
  const paths = await Promise.all(
    numbers.map((number) => readlink(`/proc/self/fd/${number}`).catch(() => '')),
  );
  return paths.filter((path) => path.startsWith(`${folder}/`));
}

async function change(path: string, at: number, mask: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ mask;
  await file.write(byte, 0, 1, at);
  await file.close();
}

/** What cannot be compressed, so that the rows take several blocks. */
function noise(seed: number): { note: string } {
  const part = (index: number): string =>
    createHash('sha512').update(`${seed}/${index}`).digest('base64');
  return { note: Array.from({ length: 8 }, (_, index) => part(index)).join('') };
}

describe('a damaged day file', () => {
  let folder = '';
  let name = '';
  let whole: ReadonlyMap<string, number>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'duck-damage-'));
    const store = await openStore(join(folder, 'whole'));
    const [text = ''] = fc.sample(fc.string({ minLength: 400, maxLength: 400 }), {
      numRuns: 1,
      seed: SEED,
    });
    await store.append(ACME, 'events', documentsOf('a', ROWS, { message: text }), {
      source: sourceOf(),
      offset: 1,
    });
    await store.flush();
    whole = await messagesIn(store);
    await store.close();
    [name = ''] = await readdir(join(folder, 'whole'));
    await intoFile(join(folder, 'whole', name));
    expect(whole.size).toBe(ROWS);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Opens a copy after it was damaged and reads all of it: the rows, or what was said instead. */
  async function readDamaged(
    label: string,
    damage: (path: string) => Promise<void>,
  ): Promise<ReadonlyMap<string, number> | string> {
    const copy = join(folder, label);
    await mkdir(copy);
    const path = join(copy, name);
    await copyFile(join(folder, 'whole', name), path);
    await damage(path);
    try {
      const store = await openStore(copy);
      try {
        // Found by the start: set aside and named. Found by a search: it says so.
        return store.damaged.length > 0 ? `${store.damaged}` : await messagesIn(store);
      } finally {
        await store.close();
      }
    } catch (error) {
      return String(error);
    } finally {
      await rm(copy, { recursive: true });
    }
  }

  it('is never read as data: any flipped bit that is read is found', async () => {
    const { size } = await stat(join(folder, 'whole', name));
    const places = fc.sample(fc.record({ at: fc.nat(size - 1), bit: fc.nat(7) }), {
      numRuns: 40,
      seed: SEED,
    });
    let found = 0;
    for (const [index, { at, bit }] of places.entries()) {
      const seen = await readDamaged(`flip-${index}`, (path) => change(path, at, 1 << bit));
      if (typeof seen === 'string') {
        found += 1;
        expect(seen).toContain(name);
      } else expect(seen).toEqual(whole);
    }
    console.log(`${found} of ${places.length} flipped bits were found, the others are in no row`);
    expect(found).toBeGreaterThan(0);
  });

  it('is found and named when it is cut short', async () => {
    const { size } = await stat(join(folder, 'whole', name));
    for (const part of [0.1, 0.5, 0.9]) {
      const seen = await readDamaged(`cut-${part}`, (path) =>
        truncate(path, Math.floor(size * part)),
      );
      // The end may be space that nothing uses any more.
      if (typeof seen === 'string') expect(seen).toContain(name);
      else expect([part, seen]).toEqual([0.9, whole]);
    }
  });

  it('is set aside, and the other days are found, written and kept', async () => {
    const home = join(folder, 'two-days');
    const first = await openStore(home);
    const source = sourceOf();
    await first.append(ACME, 'events', documentsOf('a', 200), { source, offset: 1 });
    const receivedAt = NOON + DAY_MS;
    await first.append(ACME, 'events', documentsOf('b', 200, { receivedAt }), {
      source,
      offset: 2,
    });
    await first.flush();
    await first.close();
    const path = join(home, 'events-2026-01-01.duckdb');
    await truncate(path, Math.floor((await stat(path)).size / 2));

    const second = await openStore(home);
    expect(second.damaged).toEqual(['events-2026-01-01.duckdb']);
    expect(await openFilesBelow(join(home, 'damaged'))).toEqual([]);
    expect(second.lostDays).toBe(true);
    expect(second.writer.applied(source)).toBe(2);
    expect((await messagesIn(second)).size).toBe(200);
    await second.append(ACME, 'events', documentsOf('c', 5, { receivedAt }), { source, offset: 3 });
    await second.close();

    const third = await openStore(home);
    expect(third.damaged).toEqual(['events-2026-01-01.duckdb']);
    expect(third.lostDays).toBe(false);
    expect((await messagesIn(third)).size).toBe(205);
    await third.close();
    expect(await readdir(join(home, 'damaged'))).toContain('events-2026-01-01.duckdb');
  });

  describe('while the store is open', () => {
    /** Two days; the blocks of the first that no start reads are damaged once the store has opened. */
    async function twoDays(label: string, damagedDay: 1 | 2) {
      const home = join(folder, label);
      const first = await openStore(home);
      const source = sourceOf();
      for (const [offset, receivedAt] of [NOON, NOON + DAY_MS].entries()) {
        const documents = documentsOf(`day-${offset + 1}`, ROWS_LONG, { receivedAt });
        const long = documents.map((document, index) => ({
          ...document,
          attributes: noise(index),
        }));
        await first.append(ACME, 'events', long, { source, offset: offset + 1 });
        const others = documentsOf('others', 5, { tenant: GLOBEX, receivedAt });
        const theirs = { source: sourceOf(GLOBEX), offset: offset + 1 };
        await first.append(GLOBEX, 'events', others, theirs);
      }
      await first.flush();
      await first.close();
      const names = ['events-2026-01-01.duckdb', 'events-2026-01-02.duckdb'];
      for (const each of names) await intoFile(join(home, each));
      const store = await openStore(home);
      const path = join(home, names[damagedDay - 1] ?? '');
      const { size } = await stat(path);
      // Of every block but the headers and the first, which holds what the start read.
      for (let block = 1; block * BLOCK < size - HEADERS; block += 1)
        await change(path, HEADERS + block * BLOCK + 1_000, 0xff);
      return { home, store, source };
    }

    it('is named by the search that meets it; other days are searched, written and expired', async () => {
      const { store, source } = await twoDays('met', 1);
      const problem = await messagesIn(store).then(
        ({ size }) => `${size} rows`,
        (error: unknown) => error,
      );
      expect(problem).toMatchObject({ code: 'stored_data_damaged' });
      expect(String(problem)).toContain('events-2026-01-01.duckdb');
      expect(store.unreadable).toEqual(['events-2026-01-01.duckdb']);
      expect(store.damaged).toEqual([]);
      const range = { from: NOON + DAY_MS / 2, to: NOON + 2 * DAY_MS };
      const query = parseQuery('');
      const found = () => store.search(ACME, { collection: 'events', query, range, limit: 200 });
      expect((await found()).items).toHaveLength(200);
      const receivedAt = NOON + DAY_MS;
      const more = documentsOf('more', 5, { receivedAt });
      await store.append(ACME, 'events', more, { source, offset: 3 });
      await store.flush();
      // The second day goes, whether or not the rows of the other tenant in the first stand in blocks that can be read.
      const policy = { collection: 'events', receivedBefore: receivedAt + 1 } as const;
      const refusal = await store.expire(ACME, policy).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (refusal !== undefined) expect(refusal).toMatchObject({ code: 'stored_data_damaged' });
      expect((await found()).items).toHaveLength(0);
      await store.close();
    });

    it('is set aside by the next start when it could not be written to', async () => {
      const { home, store, source } = await twoDays('condemned', 2);
      const more = documentsOf('more', 5, { receivedAt: NOON + DAY_MS });
      await store.append(ACME, 'events', more, { source, offset: 3 });
      await expect(store.flush()).rejects.toThrow(/events-2026-01-02\.duckdb is damaged/);
      await expect(store.close()).rejects.toThrow();
      // What still had them would write into the files of the next start when it is collected.
      expect(await openFilesBelow(home)).toEqual([]);
      const next = await openStore(home);
      expect(next.damaged).toEqual(['events-2026-01-02.duckdb']);
      expect(next.lostDays).toBe(true);
      expect((await messagesIn(next)).size).toBe(ROWS_LONG);
      await next.append(ACME, 'events', more, { source, offset: 3 });
      await next.close();
      const last = await openStore(home);
      expect(last.lostDays).toBe(false);
      expect((await messagesIn(last)).size).toBe(ROWS_LONG + 5);
      await last.close();
    });
  });

  it('is no word for a full disk, a lock or a lack of memory: then the store does not open', () => {
    const path = '/home/events-2026-01-01.duckdb';
    for (const said of [
      'IO Error: Could not write all bytes: No space left on device',
      'IO Error: Could not set lock on file: Conflicting lock is held',
      'Out of Memory Error: corrupt allocation',
    ])
      expect(dayFault(path, new Error(said))).not.toBeInstanceOf(DamagedDay);
    expect(dayFault(path, new Error('IO Error: Corrupt database file: checksum'))).toBeInstanceOf(
      DamagedDay,
    );
  });
});
