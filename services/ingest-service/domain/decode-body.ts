import { brotliDecompress, constants, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { Problem } from '@tocsin/kernel/problem.ts';

interface Decoded {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

interface DecoderOptions {
  readonly maxOutputLength: number;
  readonly info: true;
  params?: Record<number, number>;
}

type Decoder = (
  body: Buffer,
  options: DecoderOptions,
  done: (error: Error | null, result: Decoded) => void,
) => void;

const ZSTD = zstdDecompress as unknown as Decoder;

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: gunzip as unknown as Decoder,
  'x-gzip': gunzip as unknown as Decoder,
  deflate: inflate as unknown as Decoder,
  br: brotliDecompress as unknown as Decoder,
  zstd: ZSTD,
};

/** Largest window a zstd body may ask for, as a power of two: 8 MB, what RFC 9659 allows the content coding. */
const ZSTD_WINDOW_LOG_MAX = 23;
/** Most zstd frames in one body. Each costs a call, and an empty one has nine bytes. */
export const ZSTD_FRAMES_MAX = 1_000;

/**
 * Undoes a content encoding. The cap is on what comes out, so a small body cannot grow without bound (CWE-409).
 * Node's zstd stops after the first frame of several; what follows must not be lost, so frames are decoded in turn.
 * Bytes behind the end of any other encoding are refused: nobody knows what they were meant to be.
 *
 * @throws Problem `unsupported_encoding`, `body_too_large`, `invalid_request` for damaged bytes
 */
export async function decodeBody(
  body: Buffer,
  encoding: string,
  bytesMax: number,
): Promise<Buffer> {
  if (encoding === '') return body;
  const decoder = DECODERS[encoding];
  if (decoder === undefined || !Object.hasOwn(DECODERS, encoding)) {
    throw new Problem('unsupported_encoding', {
      detail: `send the body plain or with Content-Encoding gzip, zstd, deflate or br`,
    });
  }
  if (encoding === 'zstd') return await decodeZstd(body, bytesMax);
  if (body.length === 0) return body;
  const { buffer, engine } = await run(decoder, body, bytesMax);
  checkEnd(body.subarray(engine.bytesWritten), encoding);
  return buffer;
}

async function decodeZstd(body: Buffer, bytesMax: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let total = 0;
  for (let rest = body; rest.length > 0; ) {
    if (parts.length === ZSTD_FRAMES_MAX) throw tooManyFrames();
    const { buffer, engine } = await run(ZSTD, rest, bytesMax - total);
    total += buffer.length;
    if (total > bytesMax) throw tooLargeDecoded();
    parts.push(buffer);
    rest = rest.subarray(engine.bytesWritten);
  }
  return parts.length === 1 ? (parts[0] ?? body) : Buffer.concat(parts, total);
}

/** gzip files may be padded with zeros (as tapes were), which `gzip -d` ignores too. */
function checkEnd(rest: Buffer, encoding: string): void {
  if (rest.length === 0) return;
  if (encoding.endsWith('gzip') && rest.every((byte) => byte === 0)) return;
  throw new Problem('invalid_request', {
    detail: `${rest.length} bytes follow the end of the compressed body: send one body, compressed as a whole`,
  });
}

function run(decoder: Decoder, body: Buffer, bytesMax: number): Promise<Decoded> {
  const options: DecoderOptions = { maxOutputLength: Math.max(1, bytesMax), info: true };
  if (decoder === ZSTD) options.params = { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX };
  return new Promise((resolve, reject) => {
    decoder(body, options, (error, result) => {
      if (error === null) resolve(result);
      else reject(asProblem(error));
    });
  });
}

function asProblem(error: Error): Problem {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLargeDecoded();
  const detail =
    code === 'ZSTD_error_frameParameter_windowTooLarge'
      ? 'the body needs a zstd window of more than 8 MB: compress without --long and --ultra'
      : 'the body does not decompress: its bytes are damaged or some are missing';
  return new Problem('invalid_request', { detail, cause: error });
}

function tooLargeDecoded(): Problem {
  return new Problem('body_too_large', {
    detail: 'the body is too large after decompression: send smaller batches',
  });
}

function tooManyFrames(): Problem {
  return new Problem('body_too_large', {
    detail: `the body has more than ${ZSTD_FRAMES_MAX} zstd frames: compress it as a whole`,
  });
}
