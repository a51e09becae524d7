import { createReadStream } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Problem } from '@tocsin/kernel/problem.ts';

/** An input of `tocsin ingest`, unpacked. */
export interface Input {
  /** UNTRUSTED bytes. */
  readonly stream: Readable;
  /** Names the very file, so that an interrupted call can go on; `undefined` for standard input. */
  readonly identity: string | undefined;
  /** Part of the packed input that has been read, 0 to 1; `undefined` when its size is not known. */
  readonly readPart: () => number | undefined;
}

/** Opens a file, or standard input for `-`. Packed input is known by its first bytes, not by its name. */
export async function openInput(path: string): Promise<Input> {
  if (path === '-') {
    return { stream: process.stdin, identity: undefined, readPart: () => undefined };
  }
  const { size, identity, magic } = await lookAt(path);
  const raw = createReadStream(path, { highWaterMark: 256 * 1024 });
  return {
    stream: unpacked(raw, magic),
    identity,
    readPart: () => (size === 0 ? 1 : raw.bytesRead / size),
  };
}

async function lookAt(path: string): Promise<{ size: number; identity: string; magic: string }> {
  try {
    const real = await realpath(path);
    const { size, mtimeMs, ino } = await stat(real);
    const file = await open(real, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
      const magic = buffer.subarray(0, bytesRead).toString('hex');
      return { size, identity: [real, size, mtimeMs, ino].join('\n'), magic };
    } finally {
      await file.close();
    }
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? cause.code : String(cause);
    throw new Problem('invalid_request', {
      detail: `${path} cannot be read (${why}). Give the path of a file, or - for standard input.`,
      cause,
    });
  }
}

/** gzip (RFC 1952) begins with 1f 8b, Zstandard (RFC 8878) with 28 b5 2f fd. */
function unpacked(raw: Readable, magic: string): Readable {
  const through = magic.startsWith('1f8b')
    ? createGunzip()
    : magic === '28b52ffd'
      ? createZstdDecompress()
      : undefined;
  // An error of the file or of unpacking reaches whoever reads the result; the callback has nothing to add.
  return through === undefined ? raw : pipeline(raw, through, () => undefined);
}
