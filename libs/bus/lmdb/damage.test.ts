import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@tocsin/kernel/random.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roomyDisk } from '../testing/open-test-bus.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import { openLmdbEventBus } from './open-lmdb-event-bus.ts';

const CHILD = join(import.meta.dirname, '../testing/read-child.ts');
const FILE = 'frames/raw.events/00000001.lmdb';
const FRAMES = 300;
const IN_ONE_WRITE = 10;
/** Places tried of each kind of page; more with `TOCSIN_BUS_FLIPS`. */
const FLIPS = Number(process.env['TOCSIN_BUS_FLIPS'] ?? 2);
/** Where the first page tells how large pages are on this machine. */
const PAGE_SIZE_AT = 48;
/** Of a page of LMDB: flags stand at 18, the number of pages of a long value at 20. */
const FLAGS_AT = 18;
const LONG_PAGES_AT = 20;
const KINDS = { branch: 1, leaf: 2, overflow: 4, meta: 8 } as const;
/** Header of a page; what follows in a page of a long value is its bytes. */
const HEADER = 24;

/** What a process told that read a damaged file. */
interface Told {
  readonly lines: readonly string[];
  readonly parked: number;
  /** Frames of which nothing was found, as the bus told. */
  readonly lost: number;
  /** It read to the end, or ended with an error or by a signal, which the supervisor would tell. */
  readonly toEnd: boolean;
}

describe('a file of frames with a changed bit', () => {
  let folder = '';
  let bytes = Buffer.alloc(0);
  const sent = new Set<string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bus-damage-'));
    const bus = await openLmdbEventBus({
      folder: join(folder, 'whole'),
      world: systemWorld(),
      onFatal: (error) => {
        throw error;
      },
      readDiskSpace: roomyDisk,
    });
    const frames = Array.from({ length: FRAMES }, (_, index) => {
      // Each seventh is longer than a page.
      const line = `frame-${index}-`.padEnd(index % 7 === 0 ? 6_000 : 400, `${index}`);
      sent.add(line);
      return sampleFrame([line]);
    });
    // Many transactions: a tree as it grows in service.
    for (let at = 0; at < FRAMES; at += IN_ONE_WRITE)
      await bus.publish(frames.slice(at, at + IN_ONE_WRITE));
    await bus.close();
    bytes = await readFile(join(folder, 'whole', FILE));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Reads a copy of the bus in a process of its own: LMDB may end the one that reads damage. */
  async function readChanged(at: number, bit: number): Promise<Told> {
    const copy = await mkdtemp(join(folder, 'copy-'));
    await cp(join(folder, 'whole'), copy, { recursive: true });
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ (1 << bit);
    await writeFile(join(copy, FILE), changed);
    const child = spawn(process.execPath, [CHILD, copy, `${FRAMES}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await new Promise((resolve) => child.on('close', resolve));
    await rm(copy, { recursive: true });
    const said = output.split('\n');
    return {
      lines: said.filter((line) => line.startsWith('h ')).map((line) => line.slice(2)),
      parked: said.filter((line) => line === 'c').length,
      lost: Number(said.find((line) => line.startsWith('r '))?.slice(2) ?? 0),
      toEnd: said.includes('e'),
    };
  }

  it.each(Object.entries(KINDS))(
    'never gives what was not sent, and names what it does not give: %s pages of its tree',
    async (kind, flag) => {
      const size = bytes.readUInt32LE(PAGE_SIZE_AT);
      const pages = pagesOf(bytes, size, flag);
      expect(pages.length).toBeGreaterThan(0);
      const random = seededRandom(20_261_123 + flag);
      const below = (limit: number): number => Math.floor(random.fraction() * limit);
      let broken = 0;
      for (let flip = 0; flip < FLIPS; flip += 1) {
        const page = pages[below(pages.length)] ?? 0;
        const within = below(kind === 'overflow' ? HEADER : size);
        const at = page * size + within;
        const bit = below(8);
        const { lines, parked, lost, toEnd } = await readChanged(at, bit);
        const place = `${kind} page ${page}, byte ${within}, bit ${bit}`;
        expect(
          lines.filter((line) => !sent.has(line)),
          place,
        ).toEqual([]);
        expect(new Set(lines).size, place).toBe(lines.length);
        expect(toEnd, place).toBe(true);
        expect(lines.length + parked + lost, place).toBe(FRAMES);
        // What was written last stands in one page; all else is in older versions of its page, too.
        expect(lost, place).toBeLessThanOrEqual(kind === 'leaf' ? IN_ONE_WRITE : 0);
        // What only leads to frames takes none of them with it.
        if (kind === 'branch' || kind === 'meta') expect(parked, place).toBe(0);
        broken += parked;
      }
      console.log(`${kind}: of ${FLIPS} flips ${broken} frames were parked, all others were read`);
    },
    120_000,
  );
});

/** Numbers of the pages of a kind. */
function pagesOf(bytes: Buffer, size: number, flag: number): number[] {
  const found: number[] = [];
  for (let page = 0; page * size < bytes.length; ) {
    const flags = bytes.readUInt16LE(page * size + FLAGS_AT);
    if ((flags & flag) !== 0) found.push(page);
    const isLong = (flags & KINDS.overflow) !== 0;
    page += isLong ? Math.max(1, bytes.readUInt32LE(page * size + LONG_PAGES_AT)) : 1;
  }
  return found;
}
