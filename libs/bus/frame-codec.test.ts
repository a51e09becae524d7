import { isProblem } from '@tocsin/kernel/problem.ts';
import { isTenantId, parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from './frame.ts';
import {
  checkFrame,
  decodeFrame,
  decodeParts,
  encodeFrame,
  encodeHead,
  peekHead,
} from './frame-codec.ts';
import { sampleFrame } from './testing/sample-frame.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const anyFrame: fc.Arbitrary<Frame> = fc.record({
  id: fc.string({ minLength: 1, maxLength: 64 }),
  tenantId: fc
    .stringMatching(/^[a-z0-9][a-z0-9-]{1,20}[a-z0-9]$/)
    .filter(isTenantId)
    .map((id) => parseTenantId(id)),
  topic: fc.constantFrom('raw.events', 'alerts.scored', 'secplat.jobs.scan'),
  keySlot: fc.nat(),
  count: fc.integer({ min: 1 }),
  contentType: fc.constantFrom('text/plain', 'application/x-ndjson'),
  sourceHint: text,
  receivedAt: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  traceparent: text,
  requestId: text,
  body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

function faultOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (isProblem(error, 'invalid_request')) return error.message;
    throw error;
  }
  return undefined;
}

describe('frame codec', () => {
  it('decodes what it encoded, whatever the frame', () => {
    fc.assert(
      fc.property(anyFrame, fc.array(fc.nat(), { maxLength: 3 }), (frame, extra) => {
        expect(decodeFrame(encodeFrame(frame, extra))).toEqual({ frame, extra });
        const head = encodeHead(frame, extra);
        expect(decodeParts(head, frame.body)).toEqual({ frame, extra });
        const { count, receivedAt } = frame;
        expect(peekHead(head)).toEqual({ count, receivedAt, extra });
      }),
    );
  });

  it('gives the body as a view, without a copy', () => {
    const bytes = encodeFrame(sampleFrame(['a line']));
    expect(decodeFrame(bytes).frame.body.buffer).toBe(bytes.buffer);
  });

  it('finds every flipped bit, and says so', () => {
    const bytes = encodeFrame(sampleFrame(['a line', ' another']));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(faultOf(() => decodeFrame(changed))).toContain('corrupt');
    }
  });

  it('finds every cut, and says so', () => {
    const bytes = encodeFrame(sampleFrame(['a line']));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(faultOf(() => decodeFrame(bytes.subarray(0, length)))).toContain('corrupt');
    }
  });

  it('answers any bytes with a frame or a problem', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(faultOf(() => decodeFrame(Buffer.from(bytes)))).toContain('corrupt');
      }),
    );
  });

  it.each([
    ['a tenant id with a dot', { tenantId: 'a.b' as Frame['tenantId'] }],
    ['an unknown topic', { topic: 'other' as Frame['topic'] }],
    ['no items', { count: 0 }],
    ['a negative key slot', { keySlot: -1 }],
    ['half a key slot', { keySlot: 0.5 }],
    ['an unknown content type', { contentType: 'text/html' as Frame['contentType'] }],
    ['no received time', { receivedAt: Number.NaN }],
    ['an empty id', { id: '' }],
    ['an id of 65 characters', { id: 'x'.repeat(65) }],
    ['a hint of 3000 characters', { sourceHint: 'x'.repeat(3000) }],
  ])('refuses to publish a frame with %s', (_name, change) => {
    expect(faultOf(() => checkFrame(sampleFrame(['x'], change)))).toContain('a frame has');
  });
});
