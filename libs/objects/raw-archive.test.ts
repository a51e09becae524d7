import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { systemContext } from '@tocsin/auth/tenant-context.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FolderObjectStore } from './folder-object-store.ts';
import { findRawLine, formatRawRef, RawArchive } from './raw-archive.ts';
import { joinSegment, packBlock } from './raw-segment.ts';

const world = systemWorld();
const acme = systemContext(parseTenantId('acme-corp'), 'test');
const globex = systemContext(parseTenantId('globex'), 'test');
const received = Date.UTC(2026, 0, 2);

/** What each zstd frame of a file decodes to, as a decoder that reads on to the end of its input does. */
function readFrames(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const { buffer, engine } = zstdDecompressSync(rest, { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    texts.push(buffer.toString());
    rest = rest.subarray(engine.bytesWritten);
  }
  return texts;
}

async function openArchive(): Promise<{ archive: RawArchive; objects: FolderObjectStore }> {
  const objects = await FolderObjectStore.open(
    await mkdtemp(join(tmpdir(), 'tocsin-archive-')),
    world,
  );
  return { archive: new RawArchive(objects, world), objects };
}

describe('the raw archive', () => {
  it('finds every line again by its raw_ref, over many frames and blocks', async () => {
    const { archive, objects } = await openArchive();
    const frames = Array.from({ length: 12 }, (_, frame) =>
      Array.from(
        { length: 50 },
        (_line, line) => `frame ${frame} line ${line} ${'x'.repeat(frame * 800)}`,
      ),
    );
    const places = frames.map((lines) =>
      archive.add(acme, received, Buffer.from(lines.join('\n')), lines.length),
    );
    await archive.flush();
    expect(new Set(places.map((place) => place.block)).size).toBeGreaterThan(1);
    for (const [frame, lines] of frames.entries()) {
      const place = places[frame];
      if (place === undefined) throw new Error('no place');
      expect(await findRawLine(objects, acme, formatRawRef(place, 49))).toBe(lines[49]);
      expect(await findRawLine(objects, globex, formatRawRef(place, 49))).toBeUndefined();
    }
  });

  it('keeps the lines of tenants in segments of their own', async () => {
    const { archive, objects } = await openArchive();
    archive.add(acme, received, Buffer.from('acme line'), 1);
    archive.add(globex, received, Buffer.from('globex line'), 1);
    await archive.flush();
    expect(await objects.list(acme, 'raw/2026-01-02/', 10)).toHaveLength(1);
    expect(await objects.list(globex, 'raw/2026-01-02/', 10)).toHaveLength(1);
  });

  it('is readable by any zstd decoder: blocks, then an index that a decoder skips', async () => {
    const segment = joinSegment([
      await packBlock(Buffer.from('a\nb\n')),
      await packBlock(Buffer.from('c\n')),
    ]);
    expect(readFrames(segment)).toEqual(['a\nb\n', 'c\n', '']);
  });

  it('never gives a damaged block as data: any flipped bit is found', async () => {
    const { archive, objects } = await openArchive();
    const line = 'a line of some length that compresses a little, a little, a little';
    const place = archive.add(acme, received, Buffer.from(line), 1);
    await archive.flush();
    const good = await objects.find(acme, place.segment);
    if (good === undefined) throw new Error('no segment');
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length * 8 - 1), async (bit) => {
        const bad = Buffer.from(good);
        bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const found = await findRawLine(
          { ...objects, find: async () => bad } as never,
          acme,
          formatRawRef(place, 0),
        ).catch((error: unknown) => error);
        expect(found === line || found === undefined || found instanceof Error).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
