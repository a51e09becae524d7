import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody, ZSTD_FRAMES_MAX } from './decode-body.ts';

const ENCODINGS = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
] as const;
const MAX = 1_000_000;
const text = Buffer.from('{"category":"auth"}\n'.repeat(50));

describe('decodeBody', () => {
  it('passes a body without an encoding through as it is', async () => {
    expect(await decodeBody(text, '', 1)).toBe(text);
  });

  it.each(ENCODINGS)('undoes %s', async (encoding, compress) => {
    const anyBytes = fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      expect(await decodeBody(compress(bytes), encoding, MAX)).toEqual(Buffer.from(bytes));
    });
    await fc.assert(anyBytes, { numRuns: 30 });
  });

  it.each([
    'compress',
    'gzip, gzip',
    '__proto__',
    'GZIP ',
  ])('refuses the encoding %j, saying which it takes', async (encoding) => {
    await expect(decodeBody(text, encoding, MAX)).rejects.toMatchObject({
      code: 'unsupported_encoding',
      detail: expect.stringContaining('gzip'),
    });
  });

  it.each(
    ENCODINGS,
  )('stops a bomb in %s at the cap, one byte past it', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(MAX + 1));
    await expect(decodeBody(bomb, encoding, MAX)).rejects.toMatchObject({ code: 'body_too_large' });
    expect(await decodeBody(compress(Buffer.alloc(MAX)), encoding, MAX)).toHaveLength(MAX);
  });

  it.each(ENCODINGS)('refuses %s cut at any byte', async (encoding, compress) => {
    const whole = compress(text);
    for (let length = 1; length < whole.length; length += 1) {
      await expect(decodeBody(whole.subarray(0, length), encoding, MAX)).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
  });

  it.each(
    ENCODINGS,
  )('refuses what follows the end of %s: it is never dropped', async (encoding, compress) => {
    const tail = Buffer.from('more events');
    const body = Buffer.concat([compress(text), tail]);
    await expect(decodeBody(body, encoding, MAX)).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('joins several members of %s in order', async (encoding, compress) => {
    const parts = ['one\n', '', 'two\n', 'three'].map((part) => Buffer.from(part));
    const body = Buffer.concat(parts.map((part) => compress(part)));
    expect(await decodeBody(body, encoding, MAX)).toEqual(Buffer.concat(parts));
  });

  it('counts the output of all zstd frames against the cap', async () => {
    const body = Buffer.concat([1, 2, 3].map(() => zstdCompressSync(Buffer.alloc(MAX / 2))));
    await expect(decodeBody(body, 'zstd', MAX)).rejects.toMatchObject({ code: 'body_too_large' });
  });

  it('bounds the number of zstd frames: an empty one has nine bytes and costs a call', async () => {
    const empty = zstdCompressSync(Buffer.alloc(0));
    const body = (frames: number) => Buffer.concat(Array.from({ length: frames }, () => empty));
    expect(await decodeBody(body(ZSTD_FRAMES_MAX), 'zstd', MAX)).toHaveLength(0);
    await expect(decodeBody(body(ZSTD_FRAMES_MAX + 1), 'zstd', MAX)).rejects.toMatchObject({
      code: 'body_too_large',
    });
  });

  it('takes no zstd frame that needs a window past 8 MB (RFC 9659)', async () => {
    const params = { [constants.ZSTD_c_windowLog]: 27 };
    const body = zstdCompressSync(Buffer.alloc(12_000_000), { params });
    await expect(decodeBody(body, 'zstd', 20_000_000)).rejects.toMatchObject({
      code: 'invalid_request',
      detail: expect.stringContaining('window'),
    });
  });

  it('ignores zeros behind a gzip file, as gzip does', async () => {
    const padded = Buffer.concat([gzipSync(text), Buffer.alloc(512)]);
    expect(await decodeBody(padded, 'gzip', MAX)).toEqual(text);
  });

  it.each(ENCODINGS)('gives an empty body for an empty one in %s', async (encoding) => {
    expect(await decodeBody(Buffer.alloc(0), encoding, MAX)).toHaveLength(0);
  });
});
