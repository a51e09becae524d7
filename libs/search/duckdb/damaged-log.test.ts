import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { seededRandom } from '@tocsin/kernel/random.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ACME,
  documentsOf,
  messagesIn,
  NOON,
  openStore,
  sourceOf,
} from './testing/sample-store.ts';

const FRAMES = 4;
const ROWS = 50;
/** Where the log tells what it is, how long its first change is, and its checksum. */
const BEGINNING = 48;
/** Places tried behind it; the whole beginning is always tried. More with `TOCSIN_LOG_FLIPS`. */
const FLIPS = Number(process.env['TOCSIN_LOG_FLIPS'] ?? 12);

describe('the log of changes of a day file with a changed bit', () => {
  let folder = '';
  let name = '';
  let file = Buffer.alloc(0);
  let log = Buffer.alloc(0);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'duck-log-'));
    const store = await openStore(join(folder, 'whole'));
    for (let offset = 1; offset <= FRAMES; offset += 1) {
      const place = { source: sourceOf(), offset };
      await store.append(ACME, 'events', documentsOf(`frame-${offset}`, ROWS), place);
      await store.flush();
    }
    await store.close();
    name = (await readdir(join(folder, 'whole'))).find((each) => each.endsWith('.duckdb')) ?? '';
    file = await readFile(join(folder, 'whole', name));
    log = await readFile(join(folder, 'whole', `${name}.wal`));
    expect(log.length).toBeGreaterThan(BEGINNING);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function damagedCopy(at: number, bit: number): Promise<string> {
    const copy = join(folder, `flip-${at}-${bit}`);
    await mkdir(copy);
    const changed = Buffer.from(log);
    changed[at] = (changed[at] ?? 0) ^ (1 << bit);
    await writeFile(join(copy, name), file);
    await writeFile(join(copy, `${name}.wal`), changed);
    return copy;
  }

  it('has the rows of every frame up to the applied offset and none above, so that what is lost is known', async () => {
    const random = seededRandom(20_261_123);
    const behind = Array.from({ length: FLIPS }, () =>
      Math.floor(BEGINNING + random.fraction() * (log.length - BEGINNING)),
    );
    const places = [...Array.from({ length: BEGINNING }, (_, at) => at), ...behind];
    const seen = { whole: 0, lost: 0, setAside: 0 };
    for (const at of places) {
      const copy = await damagedCopy(at, Math.floor(random.fraction() * 8));
      const store = await openStore(copy);
      const applied = store.writer.applied(sourceOf());
      const wanted = Array.from({ length: applied }, (_, offset) =>
        documentsOf(`frame-${offset + 1}`, ROWS).map(({ message }) => [message, 1]),
      ).flat();
      expect([...(await messagesIn(store))].sort(), `byte ${at}`).toEqual(wanted.sort());
      // Only the log goes; without a word only where the applied offsets tell.
      if (store.damaged.length > 0) expect(store.damaged).toEqual([`${name}.wal`]);
      expect(store.lostDays).toBe(store.damaged.length > 0);
      if (store.lostDays) seen.setAside += 1;
      else if (applied === FRAMES) seen.whole += 1;
      else seen.lost += 1;
      await store.close();
      await rm(copy, { recursive: true });
    }
    console.log(`${places.length} places: ${JSON.stringify(seen)}`);
    expect(seen.lost).toBeGreaterThan(0);
    expect(seen.setAside).toBeGreaterThan(0);
  }, 60_000);

  it('takes the frames again that it lost', async () => {
    const store = await openStore(await damagedCopy(0, 4));
    expect(store.writer.applied(sourceOf())).toBeLessThan(FRAMES);
    for (let offset = 1; offset <= FRAMES; offset += 1) {
      const place = { source: sourceOf(), offset };
      await store.append(ACME, 'events', documentsOf(`frame-${offset}`, ROWS), place);
    }
    expect((await messagesIn(store)).size).toBe(FRAMES * ROWS);
    await store.close();
  });

  it('never holds rows for long: they are moved into the file before the bus lets go of their frames', async () => {
    const clock = new ManualClock(NOON);
    const home = join(folder, 'emptied');
    const store = await openStore(home, { clock });
    const append = async (offset: number) => {
      const place = { source: sourceOf(), offset };
      await store.append(ACME, 'events', documentsOf(`frame-${offset}`, ROWS), place);
      await store.flush();
    };
    const logBytes = async () =>
      (await readFile(join(home, `${name}.wal`)).catch(() => Buffer.alloc(0))).length;
    await append(1);
    expect(await logBytes()).toBeGreaterThan(0);
    await clock.advance(60 * 60_000);
    await append(2);
    expect(await logBytes()).toBe(0);
    await append(3);
    await store.close();
    // How old a log is that was there at a start, nobody knows.
    const next = await openStore(home, { clock });
    await next.append(ACME, 'events', documentsOf('frame-4', ROWS), {
      source: sourceOf(),
      offset: 4,
    });
    await next.flush();
    expect(await logBytes()).toBe(0);
    await next.close();
  });
});
