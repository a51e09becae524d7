import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { toBufferKey } from 'ordered-binary';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeHead } from '../frame-codec.ts';
import { sampleFrame } from '../testing/sample-frame.ts';
import { Generation } from './generation.ts';
import { findFault } from './pages/find-fault.ts';
import { PAGE_KIND, PageFile, pageSizeOf } from './pages/page-file.ts';
import { type ScannedRecord, scanLeaves } from './pages/scan-leaves.ts';
import { salvageFrames } from './salvage-frames.ts';
import { Source } from './source.ts';

const TENANT = parseTenantId('acme-corp');
const OTHER = parseTenantId('globex');
const COUNT = 120;

/** Records of a frame as they stand in a file; each frame has one event. */
function recordsOf(tenantId: typeof TENANT, seq: number, line: string, key = seq): ScannedRecord[] {
  const frame = sampleFrame([line], { tenantId });
  const head = encodeHead(frame, [seq * 100, seq, frame.receivedAt]);
  return [
    { key: toBufferKey(['raw.events', 0, tenantId, key]), value: head, transaction: 1 },
    { key: toBufferKey(['raw.events', 0, tenantId, key, 1]), value: frame.body, transaction: 1 },
  ];
}

const seqsOf = (records: readonly ScannedRecord[]): [number, boolean][] =>
  salvageFrames('raw.events', records).map(({ seq, isWhole }) => [seq, isWhole]);

describe('what is left of the frames of a damaged file', () => {
  it('is in order, each once, the version whose checksum fits', () => {
    const older = recordsOf(TENANT, 2, 'two');
    const changed = older.map((record) => ({ ...record, value: Buffer.from('x'), transaction: 9 }));
    const records = [...changed, ...recordsOf(TENANT, 3, 'three'), ...older];
    expect(seqsOf([...records, ...recordsOf(TENANT, 1, 'one')])).toEqual([
      [1, true],
      [2, true],
      [3, true],
    ]);
  });

  it('leaves a whole frame out whose key was changed: its totals tell', () => {
    const records = [1, 2, 3].flatMap((seq) => recordsOf(TENANT, seq, `${seq}`));
    const far = recordsOf(TENANT, 4, 'four', 2 ** 40);
    expect(seqsOf([...records, ...far]).map(([seq]) => seq)).toEqual([1, 2, 3]);
    const before = recordsOf(TENANT, 9, 'nine', 1);
    const behind = [2, 3, 4].flatMap((seq) => recordsOf(TENANT, seq, `${seq}`));
    expect(seqsOf([...before, ...behind]).map(([seq]) => seq)).toEqual([2, 3, 4]);
  });

  it('keeps a broken frame between whole ones or right behind them, and no other', () => {
    const [head] = recordsOf(TENANT, 2, 'two');
    const records = [1, 3].flatMap((seq) => recordsOf(TENANT, seq, `${seq}`));
    const [, behind] = recordsOf(TENANT, 4, 'four');
    const [far] = recordsOf(TENANT, 900, 'far');
    if (head === undefined || behind === undefined || far === undefined) throw new Error('none');
    expect(seqsOf([...records, head, behind, far])).toEqual([
      [1, true],
      [2, false],
      [3, true],
      [4, false],
    ]);
  });

  it('takes no frame for another tenant, whatever its key says', () => {
    const [head, body] = recordsOf(TENANT, 1, 'one');
    if (head === undefined || body === undefined) throw new Error('none');
    const stolen = [
      { ...head, key: toBufferKey(['raw.events', 0, OTHER, 1]) },
      { ...body, key: toBufferKey(['raw.events', 0, OTHER, 1, 1]) },
    ];
    expect(seqsOf([...stolen, ...recordsOf(OTHER, 2, 'two')])).toEqual([[2, true]]);
  });
});

describe('a file of frames that is looked through', () => {
  let folder = '';
  let bytes = Buffer.alloc(0);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bus-pages-'));
    const path = join(folder, '00000001.lmdb');
    const generation = new Generation(path, 1, 64 * 1024 * 1024);
    const source = new Source('raw.events', 0, TENANT);
    for (let seq = 1; seq <= COUNT; seq += 1) {
      const frame = sampleFrame([`line ${seq}`.padEnd(seq % 5 === 0 ? 9_000 : 300, '-')], {
        tenantId: TENANT,
      });
      const head = encodeHead(frame, [seq * 100, seq, frame.receivedAt]);
      await generation.append([{ source, seq, head, body: frame.body }], systemWorld().clock.now());
    }
    await generation.close();
    bytes = await readFile(path);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const salvaged = (file: Buffer): number =>
    salvageFrames('raw.events', scanLeaves(file)).filter(({ isWhole }) => isWhole).length;
  const pagesOf = (kind: number): number[] => {
    const file = new PageFile(bytes, pageSizeOf(bytes) ?? 0);
    return Array.from({ length: file.count }, (_, page) => page).filter(
      (page) => page > 1 && file.numberOf(page) === page && file.flags(page) === kind,
    );
  };

  it('is without a fault, and has every frame', () => {
    expect(findFault(bytes)).toBeUndefined();
    expect(salvaged(bytes)).toBe(COUNT);
  });

  it('gives every frame back but those of its newest write, whatever page is overwritten', () => {
    const size = pageSizeOf(bytes) ?? 0;
    for (const page of [0, 1, ...pagesOf(PAGE_KIND.branch), ...pagesOf(PAGE_KIND.leaf)]) {
      const changed = Buffer.from(bytes);
      changed.fill(0, page * size, (page + 1) * size);
      const found = salvaged(changed);
      // A page that no newer one leads to may be overwritten without a loss.
      if (found < COUNT) expect(findFault(changed), `page ${page}`).toBeDefined();
      expect(found, `page ${page}`).toBeGreaterThanOrEqual(COUNT - 20);
    }
  });

  it('finds nothing in what is no file of LMDB, and never fails', () => {
    for (const file of [
      Buffer.alloc(0),
      Buffer.alloc(3),
      Buffer.alloc(70_000, 7),
      bytes.subarray(0, 9_000),
    ])
      expect(salvaged(Buffer.from(file))).toBe(0);
  });

  it('takes nothing for a page that stands in a value, also when the head of the value is damaged', () => {
    const size = pageSizeOf(bytes) ?? 0;
    const [leaf] = pagesOf(PAGE_KIND.leaf);
    const [long] = pagesOf(PAGE_KIND.overflow);
    if (leaf === undefined || long === undefined) throw new Error('none');
    const forged = Buffer.from(bytes);
    // The second page of a long value looks like a leaf with the number that it would have.
    bytes.copy(forged, (long + 1) * size, leaf * size, (leaf + 1) * size);
    forged.writeBigUInt64LE(BigInt(long + 1), (long + 1) * size);
    const pagesTaken = (): number[] =>
      [...scanLeaves(forged)].map(({ key }) =>
        Math.floor((key.byteOffset - forged.byteOffset) / size),
      );
    expect(pagesTaken()).toContain(leaf);
    expect(pagesTaken()).not.toContain(long + 1);
    forged.writeUInt16LE(0, long * size + 18);
    expect(pagesTaken()).toContain(leaf);
    expect(pagesTaken()).not.toContain(long + 1);
  });
});
