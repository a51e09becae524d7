import type { FrameContentType } from '@tocsin/bus/frame.ts';
import { AssertionFailure } from '@tocsin/kernel/assert.ts';
import { deriveEventIds } from '@tocsin/kernel/derived-id.ts';
import { parseTenantId } from '@tocsin/kernel/tenant-id.ts';
import { isUuid } from '@tocsin/kernel/uuid.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameToNormalize, normalizeFrame } from './normalize-frame.ts';

const TENANT = parseTenantId('acme-corp');
const FRAME_ID = '019c9b2e-7a10-7d44-8a0f-53f1b1c0a001';

function frameOf(
  items: readonly (string | Buffer)[],
  contentType: FrameContentType = 'text/plain',
  sourceHint = '',
): FrameToNormalize {
  const parts = items.flatMap((item, index) => [
    Buffer.from(index === 0 ? '' : '\n'),
    typeof item === 'string' ? Buffer.from(item) : item,
  ]);
  return {
    id: FRAME_ID,
    tenantId: TENANT,
    contentType,
    sourceHint,
    receivedAt: Date.UTC(2026, 2, 2),
    body: Buffer.concat(parts),
  };
}

describe('normalising a frame', () => {
  it('gives one event for each item, in order, with derived ids (design 3.2)', () => {
    const { events, ordinals, dead } = normalizeFrame(
      frameOf(['one', '{"msg":"two"}', '', 'four']),
    );
    const derive = deriveEventIds(TENANT, FRAME_ID);
    expect(events.map((event) => event.message)).toEqual(['one', 'two', '', 'four']);
    expect(ordinals).toEqual([0, 1, 2, 3]);
    expect(events.map((event) => event.eventId)).toEqual([0, 1, 2, 3].map(derive));
    expect(dead).toEqual([]);
  });

  it('gives the same ids on a replay, and to the parts of a bisected frame', () => {
    const items = ['a', 'b', 'c', 'd'];
    const whole = normalizeFrame(frameOf(items)).events.map((event) => event.eventId);
    expect(normalizeFrame(frameOf(items)).events.map((event) => event.eventId)).toEqual(whole);
    const part = normalizeFrame(frameOf(items.slice(2)), 2);
    expect(part.events.map((event) => event.eventId)).toEqual(whole.slice(2));
    expect(part.ordinals).toEqual([2, 3]);
  });

  it('keeps the id of a client, in lower case, and derives the others', () => {
    const own = 'ABCDEF01-2345-4789-ABCD-EF0123456789';
    const { events } = normalizeFrame(
      frameOf(
        [`{"category":"auth","event_id":"${own}"}`, '{"category":"auth"}'],
        'application/x-tocsin-events',
      ),
    );
    expect(events[0]).toMatchObject({ eventId: own.toLowerCase(), clientId: true });
    expect(events[1]).toMatchObject({
      eventId: deriveEventIds(TENANT, FRAME_ID)(1),
      clientId: false,
    });
  });

  it('uses the hint of the frame for lines, and that of each item for wrapped ones', () => {
    const line = 'Mar  2 08:15:30 h app: x';
    expect(normalizeFrame(frameOf([line], 'text/plain', 'syslog')).events[0]).toMatchObject({
      sourceIntegration: 'syslog',
    });
    const wrapped = JSON.stringify({ raw: '{"msg":"x"}', source: 'json', host: 'edge-7' });
    expect(
      normalizeFrame(frameOf([wrapped], 'application/x-tocsin-wrapped')).events[0],
    ).toMatchObject({ sourceIntegration: 'generic-json', sourceHost: 'edge-7' });
  });

  it('replaces bytes that are not UTF-8', () => {
    const { events } = normalizeFrame(frameOf([Buffer.from([0x61, 0xff, 0xc3, 0x62])]));
    expect(events[0]?.message).toBe('a\ufffd\ufffdb');
  });

  it('refuses a frame of another kind: that is our bug', () => {
    expect(() => normalizeFrame(frameOf(['{}'], 'application/x-ndjson'))).toThrow(AssertionFailure);
  });

  it('gives as many events as items, with ids that are all different, for any bytes', () => {
    const types = fc.constantFrom<FrameContentType>(
      'text/plain',
      'application/x-tocsin-wrapped',
      'application/x-tocsin-events',
    );
    const item = fc
      .uint8Array({ maxLength: 40 })
      .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10)));
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 20 }), types, (items, type) => {
        const { events, dead } = normalizeFrame(frameOf(items, type));
        expect(events.length + dead.length).toBe(items.length);
        expect(dead).toEqual([]);
        expect(new Set(events.map((event) => event.eventId)).size).toBe(items.length);
        expect(events.every((event) => isUuid(event.eventId))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
