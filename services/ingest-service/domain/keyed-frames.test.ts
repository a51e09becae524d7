import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedFrames, parseIdempotencyKey } from './keyed-frames.ts';
import type { FrameKey } from './open-frame.ts';

const KEY: FrameKey = {
  tenantId: parseTenantId('acme-corp'),
  contentType: 'text/plain',
  sourceHint: 'a',
};
const idsOf = (lines: readonly string[], idempotencyKey: string, key = KEY, at = 1) =>
  keyedFrames(
    key,
    { requestId: `r${at}`, traceparent: '' },
    lines.map((text) => ({ bytes: Buffer.from(text), count: 1 })),
    idempotencyKey,
    at,
  ).frames.map(({ id }) => id);

describe('frames of a request with an idempotency key', () => {
  it('have the same ids when the request comes again, whenever and from wherever', () => {
    const lines = fc.array(
      fc.oneof(fc.string({ minLength: 1 }), fc.constant('x'.repeat(200_000))),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(lines, (given) => {
        const ids = idsOf(given, 'key', KEY, 1);
        expect(idsOf(given, 'key', KEY, 2)).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 30 },
    );
  });

  it('have ids of version 5, which tells them from all others', () => {
    for (const id of idsOf(['a', 'x'.repeat(500_000), 'y'.repeat(500_000)], 'key'))
      expect(id[14]).toBe('5');
  });

  it('have other ids under another key, tenant, form or content: nothing is lost by a mistake', () => {
    const all = [
      idsOf(['a'], 'key'),
      idsOf(['a'], 'key2'),
      idsOf(['b'], 'key'),
      idsOf(['a', 'a'], 'key'),
      idsOf(['a'], 'key', { ...KEY, tenantId: parseTenantId('globex') }),
      idsOf(['a'], 'key', { ...KEY, sourceHint: 'b' }),
      idsOf(['a'], 'key', { ...KEY, contentType: 'application/x-tocsin-wrapped' }),
    ].flat();
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('the header Idempotency-Key', () => {
  it.each([
    undefined,
    'a',
    '019c9b2e-7a10-7d44-8a0f-53f1b1c0a001',
    'x'.repeat(128),
    '!~',
  ])('may be %j', (value) => {
    expect(parseIdempotencyKey(value)).toBe(value);
  });

  it.each([
    '',
    ' ',
    'a b',
    'x'.repeat(129),
    'é',
    'a\n',
    ['a', 'b'],
  ])('is refused as %j', (value) => {
    expect(() => parseIdempotencyKey(value)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });
});
