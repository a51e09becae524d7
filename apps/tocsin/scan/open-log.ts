import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { openInput } from '../ingest/open-input.ts';

/** Bytes that decide what a log is. */
const HEAD_BYTES = 64 * 1024;

/** An opened log: unpacked bytes, of which the first have been looked at. */
export interface OpenLog {
  readonly head: Buffer;
  /** UNTRUSTED bytes from the start, head included. */
  readonly chunks: AsyncIterable<Buffer>;
  /** When the file was last written, milliseconds since 1970: tells the year of times that leave it out. */
  readonly writtenAt: number;
  readonly close: () => void;
}

/**
 * Opens a file, or standard input for `-`, and unpacks gzip and Zstandard, known by their first bytes.
 *
 * @param now milliseconds since 1970
 * @throws Problem when it cannot be opened
 */
export async function openLog(path: string, now: number): Promise<OpenLog> {
  const { stream } = await openInput(path);
  const writtenAt = path === '-' ? now : (await stat(path)).mtimeMs;
  const first = await lookAhead(stream);
  const packed = path === '-' ? unpackerOf(first.head) : undefined;
  if (packed === undefined) return { ...first, writtenAt, close: () => stream.destroy() };
  const unpacked = pipeline(Readable.from(first.chunks), packed, () => undefined);
  return { ...(await lookAhead(unpacked)), writtenAt, close: () => unpacked.destroy() };
}

function unpackerOf(head: Buffer): ReturnType<typeof createGunzip> | undefined {
  const magic = head.subarray(0, 4).toString('hex');
  if (magic.startsWith('1f8b')) return createGunzip();
  return magic === '28b52ffd' ? createZstdDecompress() : undefined;
}

async function lookAhead(
  stream: Readable,
): Promise<{ head: Buffer; chunks: AsyncIterable<Buffer> }> {
  const source: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  let size = 0;
  while (size < HEAD_BYTES) {
    const next = await source.next();
    if (next.done === true) break;
    parts.push(next.value);
    size += next.value.length;
  }
  const head = Buffer.concat(parts);
  return { head, chunks: rejoined(head, source) };
}

async function* rejoined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    yield next.value;
  }
}
