import { cp, mkdtemp, open as openFile, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { seededRandom } from '@tocsin/kernel/random.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACME, collectLines } from '../conformance/bus-case.ts';
import { roomyDisk } from '../testing/open-test-bus.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import { DeadLetterStore } from './dead-letter-store.ts';
import { FatalLatch } from './fatal-latch.ts';
import { newCounters } from './limits.ts';
import type { LmdbEventBus } from './lmdb-event-bus.ts';
import type { MetaKey, MetaStore } from './meta-store.ts';
import { openLmdbEventBus } from './open-lmdb-event-bus.ts';
import type { FileRepair } from './repair-file.ts';
import { metaSetAside, openMeta } from './repair-meta.ts';

const FLIPS = Number(process.env['TOCSIN_BUS_FLIPS'] ?? 60);
const SEED = 20_261_124;
/** Where the first page says how large pages are, and the second which transaction wrote it. */
const PAGE_SIZE_AT = 48;
const TRANSACTION_AT = 152;
const world = systemWorld();

let folder: string;
let repairs: FileRepair[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bus-meta-'));
  repairs = [];
});
afterEach(() => rm(folder, { recursive: true }));

const onFatal = (error: Error): void => {
  throw error;
};
const open = (at = folder): Promise<MetaStore> =>
  openMeta({ world, folder: at, latch: new FatalLatch(onFatal) }, (repair) => repairs.push(repair));

function openBus(): Promise<LmdbEventBus> {
  return openLmdbEventBus({
    folder,
    world: { ...world, clock: new ManualClock() },
    onFatal,
    onRepair: (repair) => repairs.push(repair),
    readDiskSpace: roomyDisk,
  });
}

/** Changes one text into another as long, everywhere in the file of cursors. */
async function change(from: string, to: string): Promise<void> {
  const bytes = await readFile(join(folder, 'meta.lmdb'));
  expect(bytes.includes(from)).toBe(true);
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
  // In place, so that who has mapped it sees it.
  const file = await openFile(join(folder, 'meta.lmdb'), 'r+');
  await file.write(bytes, 0, bytes.length, 0);
  await file.close();
}

async function readThree(): Promise<void> {
  const bus = await openBus();
  for (const line of ['a', 'b', 'c']) await bus.publish([sampleFrame([line])]);
  await collectLines(bus, 3);
  await bus.close();
}

describe('a changed record in the file of cursors', () => {
  it('is no cursor: what the bus still has is read again, and the file is kept as it was and named', async () => {
    await readThree();
    await change('"offset":3', '"offset":9');
    const asFound = await readFile(join(folder, 'meta.lmdb'));
    const bus = await openBus();
    expect(repairs).toMatchObject([{ path: join(folder, 'meta.lmdb'), lost: 1 }]);
    expect(repairs[0]?.fault).toContain('cursor/raw.events/pipeline/');
    expect(bus.damaged).toEqual(['meta.lmdb']);
    expect(await readFile(repairs[0]?.aside ?? '')).toEqual(asFound);
    expect((await collectLines(bus, 3)).lines).toEqual(['a', 'b', 'c']);
    await bus.close();
  });

  it('is no group: its cursors say that there is one', async () => {
    await readThree();
    await change('"epoch":1', '"epoch":7');
    const bus = await openBus();
    expect(repairs[0]?.fault).toContain('group/raw.events/pipeline');
    await bus.publish([sampleFrame(['d'])]);
    expect((await collectLines(bus, 1)).lines).toEqual(['d']);
    await bus.close();
  });

  it('is no dead letter: it is named when it is asked for, and set aside by the next start', async () => {
    const place = ['raw.events', 'pipeline', ACME] as const;
    const letters = (meta: MetaStore) =>
      new DeadLetterStore(meta, new ManualClock(), newCounters(), 10);
    const meta = await open();
    const [topic, group] = place;
    for (const reason of ['reason one', 'reason two']) {
      const frame = sampleFrame([reason]);
      await letters(meta).park({ topic, group, frame, ordinal: 0, reason, attempts: 1 });
    }
    await change('reason two', 'season two');
    expect(() => letters(meta).list(...place, 10)).toThrow(
      expect.objectContaining({ code: 'stored_data_damaged' }),
    );
    await meta.close();
    const again = await open();
    expect(repairs).toHaveLength(1);
    expect(letters(again).list(...place, 10)).toMatchObject([{ reason: 'reason one' }]);
    expect(letters(again).countOf(...place)).toBe(1);
    await again.close();
  });

  it('is never read as data: what is read was written, whatever bit was flipped, and what is missing is named', async () => {
    const written = await writeRecords();
    const { length } = await readFile(join(folder, 'meta.lmdb'));
    const random = seededRandom(SEED);
    const seen = { whole: 0, records: 0, pages: 0 };
    for (let flip = 0; flip < FLIPS; flip += 1) {
      const copy = `${folder}/copy-${flip}`;
      await cp(join(folder, 'meta.lmdb'), join(copy, 'meta.lmdb'));
      const bytes = await readFile(join(copy, 'meta.lmdb'));
      const at = Math.floor(random.fraction() * length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random.fraction() * 8));
      await writeFile(join(copy, 'meta.lmdb'), bytes);
      seen[await openDamaged(copy, written)] += 1;
      await rm(copy, { recursive: true });
    }
    console.log(`of ${FLIPS} flipped bits: ${JSON.stringify(seen)}`);
    expect(seen.records * seen.pages).toBeGreaterThan(0);
  });
});

describe('the file of cursors whose pages do not lead to each other', () => {
  it('is written anew with every record that is found, kept as it was, and named', async () => {
    await readThree();
    const bytes = await readFile(join(folder, 'meta.lmdb'));
    const at = bytes.readUInt32LE(PAGE_SIZE_AT) + TRANSACTION_AT;
    bytes[at] = (bytes[at] ?? 0) ^ 0x40;
    await writeFile(join(folder, 'meta.lmdb'), bytes);
    const bus = await openBus();
    expect(repairs).toMatchObject([{ path: join(folder, 'meta.lmdb'), broken: 0 }]);
    expect(bus.damaged).toEqual(['meta.lmdb']);
    await bus.publish([sampleFrame(['d'])]);
    expect((await collectLines(bus, 1)).lines).toEqual(['d']);
    await bus.close();
    expect(await readFile(repairs[0]?.aside ?? '')).toEqual(bytes);
  });
});

/** Every value that a record ever had. */
type Written = ReadonlyMap<string, ReadonlySet<string>>;

async function writeRecords(): Promise<Written> {
  const written = new Map<string, Set<string>>();
  const meta = await open();
  for (let round = 0; round < 3; round += 1) {
    await meta.change((records) => {
      for (let number = 0; number < 100; number += 1) {
        const key: MetaKey = ['cursor', 'raw.events', 'pipeline', number % 4, `tenant-${number}`];
        const value = { offset: round * 1_000 + number, frames: round, bytes: 17 };
        records.putJson(key, value);
        const name = key.join('/');
        written.set(name, (written.get(name) ?? new Set()).add(JSON.stringify(value)));
      }
    });
  }
  await meta.close();
  return written;
}

async function openDamaged(copy: string, written: Written): Promise<'whole' | 'records' | 'pages'> {
  repairs = [];
  const meta = await open(copy);
  const read = new Set<string>();
  for (const { key, value } of meta.list(['cursor'])) {
    const name = key.join('/');
    read.add(name);
    expect(written.get(name)).toContain(value.toString());
  }
  await meta.close();
  const [repair] = repairs;
  expect(await metaSetAside(world, copy)).toEqual(repair === undefined ? [] : ['meta.lmdb']);
  const missing = [...written.keys()].filter((name) => !read.has(name));
  if (repair === undefined) expect(missing).toEqual([]);
  if (repair?.lost !== undefined) expect(repair.lost).toBeGreaterThanOrEqual(missing.length);
  if (repair === undefined) return 'whole';
  return repair.fault.startsWith('records') ? 'records' : 'pages';
}
