import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@tocsin/kernel/manual-clock.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACME, collectLines } from '../conformance/bus-case.ts';
import { roomyDisk } from '../testing/open-test-bus.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import type { LmdbEventBus } from './lmdb-event-bus.ts';
import { openLmdbEventBus } from './open-lmdb-event-bus.ts';
import type { FileRepair } from './repair-file.ts';

const FIRST = 'frames/raw.events/00000001.lmdb';
/** Where the first page says how large pages are, and the second which transaction wrote it. */
const PAGE_SIZE_AT = 48;
const TRANSACTION_AT = 152;

let folder: string;
let opened: LmdbEventBus[];
let repairs: FileRepair[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bus-repair-'));
  opened = [];
  repairs = [];
});
afterEach(async () => {
  for (const bus of opened) await bus.close();
  await rm(folder, { recursive: true });
});

async function open(generationBytesMax = 64 * 1024): Promise<LmdbEventBus> {
  const bus = await openLmdbEventBus({
    folder,
    world: { ...systemWorld(), clock: new ManualClock() },
    generationBytesMax,
    onFatal: (error) => {
      throw error;
    },
    onRepair: (repair) => repairs.push(repair),
    readDiskSpace: roomyDisk,
  });
  opened.push(bus);
  return bus;
}

/** Changes the second page of a file: the number of its transaction. */
async function flip(name: string): Promise<void> {
  const bytes = await readFile(join(folder, name));
  const at = bytes.readUInt32LE(PAGE_SIZE_AT) + TRANSACTION_AT;
  bytes[at] = (bytes[at] ?? 0) ^ 0x40;
  await writeFile(join(folder, name), bytes);
}

const large = (line: string) => sampleFrame([line.padEnd(40_000, '.')]);
const publish = async (bus: LmdbEventBus, lines: readonly string[]) => {
  for (const line of lines) await bus.publish([large(line)]);
};
const readAll = async (bus: LmdbEventBus, count: number): Promise<string[]> =>
  (await collectLines(bus, count)).lines.map((line) => line.replaceAll('.', ''));

describe('a damaged file of the bus', () => {
  it('is written anew with all its frames, kept as it was, and named until somebody takes it away', async () => {
    const bus = await open(1024 * 1024);
    await publish(bus, ['a', 'b', 'c']);
    await bus.close();
    const before = await readFile(join(folder, FIRST));
    await flip(FIRST);
    const again = await open(1024 * 1024);
    expect(repairs).toMatchObject([{ path: join(folder, FIRST), whole: 3, broken: 0 }]);
    expect(again.damaged).toEqual(['raw.events/00000001.lmdb']);
    expect(await readAll(again, 3)).toEqual(['a', 'b', 'c']);
    await publish(again, ['d']);
    await again.close();
    const kept = await readFile(repairs[0]?.aside ?? '');
    expect(kept.length).toBe(before.length);
    const third = await open(1024 * 1024);
    expect(repairs).toHaveLength(1);
    expect(third.damaged).toHaveLength(1);
    expect(await readAll(third, 1)).toEqual(['d']);
  });

  it('gives no number again that a group has passed, also when its frames are gone', async () => {
    const bus = await open(1024 * 1024);
    await publish(bus, ['a', 'b', 'c']);
    await readAll(bus, 3);
    await bus.close();
    await rm(join(folder, FIRST));
    const again = await open(1024 * 1024);
    await publish(again, ['d']);
    const { entries } = await collectLines(again, 1);
    expect(entries[0]?.position.offset).toBe(4);
  });

  it('that was taken away is told by a dead letter: frames that a group had still to read', async () => {
    const bus = await open();
    await publish(bus, ['a']);
    await readAll(bus, 1);
    await publish(bus, ['b', 'c', 'd']);
    await bus.close();
    await rm(join(folder, FIRST));
    const again = await open();
    expect(await readAll(again, 2)).toEqual(['c', 'd']);
    const letters = await again.deadLetters('raw.events', 'pipeline').list(ACME, 10);
    expect(letters.map(({ reason }) => reason)).toEqual(['missing: frames 2 to 2']);
  });
});
