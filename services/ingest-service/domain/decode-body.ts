import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { Problem } from '@tocsin/kernel/problem.ts';

interface Decoded {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

type Decoder = (
  body: Buffer,
  options: { maxOutputLength: number; info: true },
  done: (error: Error | null, result: Decoded) => void,
) => void;

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: gunzip as unknown as Decoder,
  'x-gzip': gunzip as unknown as Decoder,
  deflate: inflate as unknown as Decoder,
  br: brotliDecompress as unknown as Decoder,
  zstd: zstdDecompress as unknown as Decoder,
};

/**
 * Undoes a content encoding. The cap is on what comes out, so a small body cannot grow without bound (CWE-409).
 * Node's zstd stops after the first frame of several; what follows must not be lost, so frames are decoded in turn.
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
  const parts: Buffer[] = [];
  let total = 0;
  for (let rest = body; rest.length > 0; ) {
    const { buffer, engine } = await run(decoder, rest, bytesMax - total);
    total += buffer.length;
    parts.push(buffer);
    if (engine.bytesWritten <= 0 || encoding !== 'zstd') break;
    rest = rest.subarray(engine.bytesWritten);
  }
  return parts.length === 1 ? (parts[0] ?? body) : Buffer.concat(parts, total);
}

function run(decoder: Decoder, body: Buffer, bytesMax: number): Promise<Decoded> {
  return new Promise((resolve, reject) => {
    decoder(body, { maxOutputLength: Math.max(1, bytesMax), info: true }, (error, result) => {
      if (error === null) resolve(result);
      else reject(asProblem(error));
    });
  });
}

function asProblem(error: Error): Problem {
  if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
    return new Problem('body_too_large', {
      detail: 'the body is too large after decompression: send smaller batches',
    });
  }
  return new Problem('invalid_request', {
    detail: 'the body does not decompress: its bytes are damaged',
    cause: error,
  });
}
