import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { Problem } from '@tocsin/kernel/problem.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Zstandard's first magic number for frames a decoder skips (RFC 8878 section 3.1.2). */
const SKIPPABLE_MAGIC = 0x184d2a50;
const FOOTER_MAGIC = 0x52534354;
const FOOTER_TAIL_BYTES = 8;

/** Where a block lies in a segment. */
export interface BlockPlace {
  readonly offset: number;
  readonly bytes: number;
}

/** Compresses raw lines into one block: a zstd frame with a checksum. Runs on the thread pool. */
export function packBlock(lines: Buffer): Promise<Buffer> {
  const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };
  return compress(lines, { params });
}

/**
 * Gives the lines of a block back.
 *
 * @throws Problem `internal` when its bytes are damaged: never returned as data
 */
export async function unpackBlock(block: Buffer, bytesMax: number): Promise<Buffer> {
  try {
    return await decompress(block, { maxOutputLength: bytesMax });
  } catch (cause) {
    throw new Problem('internal', { detail: 'a block of the raw archive is damaged', cause });
  }
}

/**
 * Joins blocks into a segment: the blocks, then an index of them in a skippable frame, so that `zstd -dc segment`
 * prints all lines and one range read finds any block.
 */
export function joinSegment(blocks: readonly Buffer[]): Buffer {
  const index = Buffer.from(JSON.stringify(blocks.map((block) => block.length)));
  const head = Buffer.alloc(8);
  head.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  head.writeUInt32LE(index.length + FOOTER_TAIL_BYTES, 4);
  const tail = Buffer.alloc(FOOTER_TAIL_BYTES);
  tail.writeUInt32LE(index.length, 0);
  tail.writeUInt32LE(FOOTER_MAGIC, 4);
  return Buffer.concat([...blocks, head, index, tail]);
}

/**
 * Finds a block of a whole segment.
 *
 * @throws Problem `internal` when the index is damaged
 */
export function findBlock(segment: Buffer, block: number): BlockPlace | undefined {
  const tail = segment.length - FOOTER_TAIL_BYTES;
  if (tail < 0 || segment.readUInt32LE(tail + 4) !== FOOTER_MAGIC) throw damaged();
  const start = tail - segment.readUInt32LE(tail);
  if (start < 0) throw damaged();
  const lengths = readLengths(segment.subarray(start, tail).toString());
  const bytes = lengths[block];
  if (bytes === undefined) return undefined;
  return { offset: lengths.slice(0, block).reduce((sum, length) => sum + length, 0), bytes };
}

function readLengths(text: string): number[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(cause);
  }
  if (!Array.isArray(value) || !value.every((length) => Number.isSafeInteger(length)))
    throw damaged();
  return value;
}

function damaged(cause?: unknown): Problem {
  return new Problem('internal', { detail: 'a segment of the raw archive is damaged', cause });
}
