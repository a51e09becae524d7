import { copyFile, mkdir, mkdtemp, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DamagedDay, dayFault } from './damaged-day.ts';
import {
  ACME,
  DAY_MS,
  documentsOf,
  messagesIn,
  NOON,
  openStore,
  sourceOf,
} from './testing/sample-store.ts';

const ROWS = 2_000;
const SEED = 20_261_123;

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
      const seen = await readDamaged(`flip-${index}`, async (path) => {
        const file = await open(path, 'r+');
        const byte = Buffer.alloc(1);
        await file.read(byte, 0, 1, at);
        byte[0] = (byte[0] ?? 0) ^ (1 << bit);
        await file.write(byte, 0, 1, at);
        await file.close();
      });
      if (typeof seen === 'string') {
        found += 1;
        // What the start reads is named with its file; blocks read by a search later are not.
        expect(seen).toMatch(/events-2026-01-01\.duckdb|checksum/);
      } else expect(seen).toEqual(whole);
    }
    console.log(`${found} of ${places.length} flipped bits were found, the others are in no row`);
    expect(found).toBeGreaterThan(0);
  }, 60_000);

  it('is found and named when it is cut short', async () => {
    const { size } = await stat(join(folder, 'whole', name));
    for (const part of [0.1, 0.5, 0.9]) {
      const seen = await readDamaged(`cut-${part}`, (path) =>
        truncate(path, Math.floor(size * part)),
      );
      expect(seen).toContain(name);
    }
  }, 60_000);

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
